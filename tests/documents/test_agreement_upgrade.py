"""The change of tables that contracts' ways brought, up and down on a filled database."""

import sqlalchemy as sa
from flask import Flask

from crm.core.db import db
from crm.documents import operations
from crm.documents.models import Document
from tests.cast import make_cast
from tests.documents.scene import make_scene
from tests.upgrades import columns, move


def test_contracts_that_a_client_has_had_are_sent_and_all_else_is_a_draft(real_app: Flask) -> None:
    with real_app.app_context():
        deal = make_scene(make_cast())
        kinds = ("contract", "contract", "quote")
        papers = [operations.make_document(deal, template=operations.template_for(kind=kind, locale="ru", key=""), actor=None)
                  for kind in kinds]
        assert deal.manager is not None
        for paper in papers[1:]:
            operations.make_link(paper, actor=deal.manager)
        operations.add_remark(papers[0], text="Gone with the way down", actor=deal.manager)
        ids = [paper.id for paper in papers]
        db.session.commit()
        db.session.remove()
        move("0015")
        assert columns("document").isdisjoint({"state", "revision", "by_hand"})
        assert "origin" not in columns("task")
        move("head")
        states = dict(db.session.execute(sa.select(Document.id, Document.state)).all())
        assert [states[one] for one in ids] == ["draft", "sent", "draft"]
