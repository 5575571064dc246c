"""Roles: what they come to, who may change them, seeing wider than editing, roles of one's own."""

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import operations, queries, roles
from crm.accounts.models import Role, User
from crm.accounts.rights import BUILT_IN, LEVELS, RANK, RIGHTS, built_in, reckon
from crm.core.db import db
from crm.core.errors import NotAllowed, Stale
from tests.cast import Cast, add_colleague, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.statements import statements


def user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def give(cast: Cast, code: str = "manager", **levels: str) -> Role:
    """Change some levels of a role; "deals_see" stands for "deals.see"."""
    known = queries.powers_of(code)
    assert known is not None
    row = roles.change_role(code, levels={**known.levels, **{name.replace("_", "."): level
                                                            for name, level in levels.items()}},
                            hidden=known.hidden, actor=user(cast.owner))
    db.session.commit()
    return row


@pytest.mark.parametrize("code", list(BUILT_IN))
def test_no_level_passes_the_one_it_stands_within(code: str) -> None:
    levels = built_in(code).levels
    assert set(levels) <= set(RIGHTS)
    assert set(levels.values()) <= set(LEVELS)
    wrong = [right.code for right in RIGHTS.values() if right.within and code != "owner"
             and RANK[levels[right.code]] > RANK[levels[right.within]]]
    assert wrong == []


def test_nonsense_in_a_stored_role_opens_nothing() -> None:
    powers = reckon("viewer", {"deals.see": "everything", "deals.edit": "all", "roles.edit": "all", "plans.edit": "own",
                               "no.such": "all"})
    assert (powers.levels["deals.see"], powers.levels["deals.edit"], powers.levels["documents.see"]) == ("none",) * 3
    assert powers.levels["roles.edit"] == "none"  # the owner's alone
    assert powers.levels["plans.edit"] == "all"  # nobody leads a plan: there is nothing between none and all
    assert "no.such" not in powers.rights


def test_a_role_that_is_gone_opens_nothing(context: object, cast: Cast) -> None:
    boris = user(cast.boris)
    boris.role = "role-gone"
    db.session.flush()
    db.session.expire(boris)
    assert boris.rights == frozenset()
    assert boris.hides("client.phone")


def test_the_owners_role_cannot_be_weakened(context: object, cast: Cast) -> None:
    with pytest.raises(operations.AccountError):
        roles.change_role("owner", levels={}, hidden=["client.phone"], actor=user(cast.owner))
    db.session.add(Role(code="owner", base="viewer", rights={}, hidden=["client.phone"]))  # whatever the base says
    db.session.flush()
    db.session.expire_all()
    assert user(cast.owner).rights == frozenset(RIGHTS)
    assert not user(cast.owner).hides("client.phone")


def test_only_what_differs_from_the_base_is_kept(context: object, cast: Cast) -> None:
    row = give(cast, deals_see="all")
    assert row.rights == {"deals.see": "all"}
    assert give(cast, deals_see="own").rights == {}


def test_a_stale_form_changes_no_role(context: object, cast: Cast) -> None:
    row = give(cast, deals_see="all")
    with pytest.raises(Stale):
        roles.change_role("manager", levels={}, hidden=(), actor=user(cast.owner), version=row.version - 1)


def test_an_own_role_is_copied_renamed_and_removed_when_nobody_has_it(context: object, cast: Cast) -> None:
    owner = user(cast.owner)
    give(cast, deals_see="team")
    senior = roles.copy_role("manager", name="  Старший   менеджер ", actor=owner)
    assert (senior.name, senior.base, senior.sells, senior.powers.levels["deals.see"]) == (
        "Старший менеджер", "manager", True, "team")
    with pytest.raises(operations.AccountError):
        roles.copy_role("viewer", name="старший менеджер", actor=owner)
    operations.update_user(user(cast.boris), actor=owner, role=senior.code)
    db.session.flush()
    db.session.expire_all()
    assert user(cast.boris).role_label == "Старший менеджер"
    assert cast.boris in {person.id for person in queries.sellers()}
    with pytest.raises(operations.AccountError, match="Борис"):
        roles.delete_role(senior.code, actor=owner)
    operations.update_user(user(cast.boris), actor=owner, role="manager")
    roles.delete_role(senior.code, actor=owner)
    assert senior.code not in queries.role_names()


def test_of_the_owners_role_there_is_no_copy(context: object, cast: Cast) -> None:
    with pytest.raises(operations.AccountError):
        roles.copy_role("owner", name="Second", actor=user(cast.owner))


def test_nobody_gives_or_takes_more_than_they_have(context: object, cast: Cast) -> None:
    give(cast, "head", users_edit="all")
    head = user(cast.head)
    for role in ("owner", "lawyer"):  # a lawyer changes templates, and so does a head; a head is no owner
        if role == "owner":
            with pytest.raises(NotAllowed):
                operations.create_user(name="X", email=None, role=role, actor=head)
        else:
            operations.create_user(name="X", email=None, role=role, actor=head)
    with pytest.raises(NotAllowed):
        operations.update_user(user(cast.owner), actor=head, email="mine@example.com")
    with pytest.raises(NotAllowed):
        operations.invite(user(cast.owner), actor=head)
    with pytest.raises(NotAllowed):
        operations.update_user(head, actor=head, role="owner")
    operations.update_user(user(cast.boris), actor=head, job="Старший")


def test_seeing_all_and_editing_own(app: Flask, cast: Cast) -> None:
    with app.app_context():
        give(cast, deals_see="all", clients_see="all")
        pipeline = make_pipeline()
        theirs = make_deal(pipeline, title="Чужая", manager_id=cast.gleb)
        own = make_deal(pipeline, title="Своя", manager_id=cast.boris)
        company = make_company("ООО «Чужие»", manager_id=cast.gleb)
        contact = make_contact("Чужой", manager_id=cast.gleb)
        db.session.commit()
        ids = theirs.id, own.id
        cards = f"/companies/{company.id}", f"/contacts/{contact.id}"
    boris = sign_in(app, "boris")
    page = boris.get(f"/deals/{ids[0]}")
    assert page.status_code == 200
    assert f"/deals/{ids[0]}/edit" not in page.get_data(as_text=True)
    assert f"/deals/{ids[1]}/edit" in boris.get(f"/deals/{ids[1]}").get_data(as_text=True)
    for path in ("/edit", "/lines/new", "/move"):
        assert boris.get(f"/deals/{ids[0]}{path}").status_code == 403, path
        assert boris.get(f"/deals/{ids[1]}{path}").status_code == 200, path
    board = boris.get("/deals/board").get_data(as_text=True)
    assert f'id="card-{ids[0]}"' in board
    assert [f"/deals/{one}/move" in board for one in ids] == [False, True]
    for card in cards:
        shown = boris.get(card)
        assert shown.status_code == 200
        assert f"{card}/edit" not in shown.get_data(as_text=True)
        assert boris.get(f"{card}/edit").status_code == 403
        assert boris.post(f"/timeline/{'company' if 'comp' in card else 'contact'}/{card.rpartition('/')[2]}/note",
                          data={"what": "note", "text": "x"}).status_code == 403


def test_without_seeing_deals_there_are_none_anywhere(app: Flask, cast: Cast) -> None:
    with app.app_context():
        give(cast, deals_see="none")
        deal = make_deal(make_pipeline(), title="Моя сделка", manager_id=cast.boris,
                         contact=make_contact("Клиентова", manager_id=cast.boris))
        db.session.commit()
        deal_id, contact_id = deal.id, deal.contact_id
    boris = sign_in(app, "boris")
    for path in ("/deals", "/deals/board", f"/deals/{deal_id}", f"/deals/{deal_id}/documents", "/documents",
                 f"/deals/{deal_id}/letter"):
        assert boris.get(path).status_code == 403 or boris.get(path).status_code == 404, path
    for path in ("/", "/search?q=Моя", f"/contacts/{contact_id}"):
        page = boris.get(path)
        assert page.status_code == 200
        assert "Моя сделка" not in page.get_data(as_text=True), path


def test_the_bin_holds_what_the_right_to_delete_covers(app: Flask, cast: Cast) -> None:
    with app.app_context():
        give(cast, clients_see="all", clients_edit="team", clients_delete="own")
        for name, manager in (("Свой", cast.boris), ("Напарницы", cast.vera), ("Чужой", cast.gleb)):
            card = make_contact(name, manager_id=manager)
            card.deleted_at = sa.func.now()
        db.session.commit()
    page = sign_in(app, "boris").get("/contacts?bin=1").get_data(as_text=True)
    assert [name in page for name in ("Свой", "Напарницы", "Чужой")] == [True, False, False]


def test_own_tasks_only_beside_all_deals(app: Flask, cast: Cast) -> None:
    from crm.tasks import operations as tasks  # after the application: the models need it

    with app.app_context():
        name = add_colleague("production")
        deal = make_deal(make_pipeline(), title="Заказ", manager_id=cast.boris)
        tasks.create_task(text="Позвонить снабженцам", due_on=deal.created_at.date(), actor=user(cast.boris), deal=deal)
        db.session.commit()
        deal_id = deal.id
    client = sign_in(app, name)
    assert client.get(f"/deals/{deal_id}").status_code == 200
    assert "Позвонить снабженцам" not in client.get(f"/tasks/of/deal/{deal_id}").get_data(as_text=True)
    assert "Позвонить снабженцам" not in client.get("/tasks?whose=all").get_data(as_text=True)


def test_person_and_role_are_one_statement(app: Flask, cast: Cast) -> None:
    plain = statements(sign_in(app, "boris"), "/account/")
    with app.app_context():
        senior = roles.copy_role("manager", name="Старший", actor=user(cast.owner))
        user(cast.boris).role = senior.code
        db.session.commit()
    assert statements(sign_in(app, "boris"), "/account/") == plain
