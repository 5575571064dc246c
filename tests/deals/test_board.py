"""The board: what its columns hold, who sees what, what it costs, what colleagues' moves bring."""

from flask import Flask

from crm.core.db import db
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_deal, make_pipeline


def test_the_board_opens(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pipeline = make_pipeline()
        make_deal(pipeline, manager_id=cast.boris, company=make_company("ООО «Ромашка»"))
        db.session.commit()
    page = sign_in(app, "boris").get("/deals/board").get_data(as_text=True)
    assert "ООО «Ромашка»" in page
