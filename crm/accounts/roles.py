"""Writes about roles. The owner's own role is not among them: nothing here can weaken it."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from crm.accounts import events, queries, rights
from crm.accounts.models import Role, User
from crm.accounts.operations import AccountError
from crm.core import text
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import changes, record

LONGEST = 100


def change_role(code: str, *, levels: Mapping[str, str], hidden: Iterable[str], actor: User | None,
                sells: bool | None = None, name: str | None = None, version: int | None = None, discount: int | None = None) -> Role:
    """Give a role these levels and hidden fields. Only what differs from its built-in base is kept.

    `discount` is the greatest that its people give by themselves, in percent; None leaves it as it is.
    `version` is the one that the form showed, 0 for a built-in role without a row; Stale when it is not the present.
    """
    row = _row(code)
    if version is not None and version != (row.version if row.created_at else 0):
        raise Stale(_("Somebody changed this role in the meantime. Reload the page and try again."))
    before = _told(row.powers) | {"name": row.name}
    if name is not None and code not in rights.ROLES:
        row.name = _free_name(name, but=code)
    usual = rights.built_in(row.base).levels
    settled = rights.reckon(row.base, dict(levels), hidden)
    row.rights = {right: level for right, level in settled.levels.items() if level != usual[right]}
    row.hidden = [field for field in rights.FIELDS if field in settled.hidden]
    if sells is not None and code not in rights.ROLES:
        row.sells = sells
    if discount is not None:
        row.discount = None if discount == rights.NO_LIMIT else max(0, min(discount, rights.NO_LIMIT))
    db.session.add(row)
    db.session.flush()
    if changed := changes(before, _told(row.powers) | {"name": row.name}):
        named = {"name": row.name} if row.name else {}  # what an own role was called stays readable when it is gone
        record(events.ROLE_CHANGED, actor_id=actor.id if actor else None, role=code, **named, changed=changed)
    return row


def set_level(code: str, level: str, *, actor: User | None = None) -> Role:
    """Whose records a role works with, in one word: every right over led records that it has gets this level."""
    powers = queries.powers_of(code)
    if powers is None or level not in rights.LEVELS[1:]:
        raise AccountError(_("There is no role %(role)s.", role=code))
    levels = {right: level if rights.RIGHTS[right].scoped and now != "none" and right != "mail.see" else now
              for right, now in powers.levels.items()}
    return change_role(code, levels=levels, hidden=powers.hidden, actor=actor)


def copy_role(code: str, *, name: str, actor: User) -> Role:
    """An own role that may do what `code` may, to be changed then. Of the owner's role there is no copy."""
    powers = queries.powers_of(code)
    if powers is None or code == "owner":
        raise AccountError(_("This role cannot be copied. Choose another one."))
    source = db.session.get(Role, code)
    row = Role(code=_free_code(), name=_free_name(name), base=source.base if source else code, sells=powers.sells,
               rights=dict(source.rights) if source else {}, hidden=sorted(powers.hidden), discount=source.discount if source else None)
    db.session.add(row)
    db.session.flush()
    record(events.ROLE_CHANGED, actor_id=actor.id, role=row.code, name=row.name, copied=code)
    return row


def may_delete(code: str) -> None:
    """Refuse to remove an own role while somebody has it."""
    if code not in rights.ROLES and (holders := queries.holders(code)):
        raise AccountError(_("Somebody has this role: %(people)s. Give them another one first.",
                             people=", ".join(person.name for person in holders[:3])))


def delete_role(code: str, *, actor: User) -> None:
    """Remove an own role that nobody has; a built-in one goes back to what it was."""
    row = db.session.get(Role, code)
    if row is None:
        return
    may_delete(code)
    if code in rights.ROLES:
        record(events.ROLE_CHANGED, actor_id=actor.id, role=code, reset=True,
               changed=changes(_told(row.powers), _told(rights.built_in(code))))
    else:
        record(events.ROLE_CHANGED, actor_id=actor.id, role=code, name=row.name, deleted=True)
    db.session.delete(row)
    db.session.flush()


def _row(code: str) -> Role:
    """The row of a role; a new one for a built-in role that has not been changed yet."""
    if code == "owner":
        raise AccountError(_("The owner's role cannot be changed: somebody must be able to do everything."))
    row = db.session.get(Role, code)
    if row is not None:
        return row
    if code not in rights.BUILT_IN:
        raise AccountError(_("There is no role %(role)s.", role=code))
    usual = rights.BUILT_IN[code]
    return Role(code=code, name="", base=code, sells=usual.sells, rights={}, hidden=list(usual.hidden))


def _told(powers: rights.Powers) -> dict[str, Any]:
    """A role as a fact tells it: levels by right, what is hidden, whether its people sell."""
    return {**powers.levels, "hidden": ", ".join(sorted(powers.hidden)), "sells": powers.sells, "discount": powers.discount}


def _free_name(name: str, but: str = "") -> str:
    name = " ".join(text.visible(name).split())[:LONGEST]
    if not name:
        raise AccountError(_("Type the name of the role."), field="name")
    taken = {known.casefold() for code, known in queries.role_names().items() if code != but}
    if name.casefold() in taken:
        raise AccountError(_("There is a role called %(name)s already. Choose another name.", name=name), field="name")
    return name


def _free_code() -> str:
    """Drawn by lot: a code is not used again, since facts and sessions may still name a former role."""
    return f"role-{secrets.token_hex(6)}"
