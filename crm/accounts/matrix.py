"""The rights of a role as the owner reads them: the matrix of records and deeds, the switches, and plain sentences."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.accounts.rights import FIELDS, LEVELS, NO_LIMIT, RANK, RIGHTS, Powers

RECORDS: dict[str, LazyString] = {
    "clients": _l("Clients"), "deals": _l("Deals"), "documents": _l("Documents"), "tasks": _l("Tasks"),
    "mail": _l("Letters")}
DEEDS: dict[str, LazyString] = {
    "see": _l("Sees"), "edit": _l("Changes"), "assign": _l("Hands over"), "delete": _l("Deletes"),
    "export": _l("Exports"), "bulk": _l("Changes many"), "agree": _l("Agrees")}
LEVEL_LABELS: dict[str, LazyString] = dict(zip(LEVELS, (_l("no"), _l("own"), _l("the team's"), _l("all")), strict=True))
SWITCHES: dict[str, LazyString] = {
    "desk.company": _l("The company's figures on the desk"),
    "scoreboard.see": _l("The leaderboard"), "scoreboard.export": _l("Exports the leaderboard"),
    "payments.record": _l("Records payments"), "payments.export": _l("Exports payments and debts"),
    "products.see": _l("Products and prices"), "products.edit": _l("Changes products and prices"),
    "products.export": _l("Exports products"), "templates.edit": _l("Word templates"), "plans.edit": _l("Sales plans"),
    "pipelines.edit": _l("Pipelines and stages"), "imports.run": _l("Import"),
    "mass.approve": _l("Approves the deletion of many records"), "users.see": _l("The list of people"),
    "users.edit": _l("Adds and changes people"), "log.see": _l("The log of who did what"),
    "log.export": _l("Exports the log"), "settings.edit": _l("The company's settings")}
_SEES: dict[str, tuple[LazyString, ...]] = {
    "clients": (_l("Sees no clients"), _l("Sees the cards of their own clients"), _l("Sees the cards of the team's clients"),
                _l("Sees the cards of all clients")),
    "deals": (_l("Sees no deals"), _l("Sees their own deals"), _l("Sees the team's deals"), _l("Sees all deals")),
    "documents": (_l("Sees no documents"), _l("Sees documents of their own deals"), _l("Sees documents of the team's deals"),
                  _l("Sees all documents")),
    "tasks": (_l("Sees no tasks"), _l("Sees their own tasks"), _l("Sees the team's tasks"), _l("Sees all tasks")),
    "mail": (_l("Sees no letters"), _l("Sees their own letters"), _l("Sees the team's letters"), _l("Sees all letters")),
}
# of a deed: none, only one's own, only the team's, as far as one sees
_DOES: dict[str, tuple[LazyString, ...]] = {
    "edit": (_l("does not change them"), _l("changes only their own"), _l("changes only the team's"), _l("changes them")),
    "make": (_l("makes none"), _l("makes them for their own deals only"), _l("makes them for the team's deals only"),
             _l("makes new ones")),
    "agree": (_l("does not agree contracts"), _l("agrees contracts of their own deals only"),
              _l("agrees contracts of the team's deals only"), _l("agrees contracts as the lawyer does")),
    "assign": (_l("does not hand them over"), _l("hands over only their own"), _l("hands over only the team's"),
               _l("hands them over to colleagues")),
    "delete": (_l("does not delete them"), _l("deletes only their own"), _l("deletes only the team's"), _l("deletes them")),
    "export": (_l("does not export them"), _l("exports only their own"), _l("exports only the team's"), _l("exports them")),
}


def code_of(record: str, deed: str) -> str | None:
    """The right of a cell of the matrix; None where there is nothing to grant."""
    code = "documents.make" if (record, deed) == ("documents", "edit") else f"{record}.{deed}"
    return code if code in RIGHTS else None


def read_levels(given: Mapping[str, str]) -> dict[str, str]:
    """The levels of a sent matrix: chosen ones by right, switches by whether they were ticked."""
    cells = [code for record in RECORDS for deed in DEEDS if (code := code_of(record, deed))]
    chosen = {code: given[code] for code in cells if given.get(code) in LEVELS}
    return {**dict.fromkeys(cells, "none"), **chosen,
            **{code: "all" if code in given else "none" for code in SWITCHES}}


def sentences(powers: Powers) -> list[str]:
    """What people of a role see and may do, one sentence for each sort of record, then the rest."""
    found = [_about(record, powers) for record in RECORDS]
    rest = [str(label) for code, label in SWITCHES.items() if powers.levels.get(code) == "all"]
    if rest:
        found.append(_("Also open: %(what)s.", what="; ".join(_small(text) for text in rest)))
    if powers.discount < NO_LIMIT:
        found.append(_("Gives discounts up to %(percent)s%%; above that somebody with a higher limit has to approve.",
                       percent=powers.discount))
    if powers.hidden:
        found.append(_("Never shown: %(what)s.", what=", ".join(
            _small(str(label)) for code, label in FIELDS.items() if code in powers.hidden)))
    return found


def _about(record: str, powers: Powers) -> str:
    sees = powers.levels.get(f"{record}.see", "none")
    said = [str(_SEES[record][RANK[sees]])]
    if sees != "none":
        for right in RIGHTS.values():
            if right.record == record and right.deed in _DOES:
                level = powers.levels.get(right.code, "none")
                said.append(str(_DOES[right.deed][3 if level == sees else RANK[level]]))
    return ", ".join(said) + "."


def _small(text: str) -> str:
    """In the middle of a sentence; names of programs keep their capital."""
    return text if text.startswith(("Word", "E-mail")) else text[:1].lower() + text[1:]
