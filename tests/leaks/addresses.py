"""Every address of the program from its own map, filled with somebody's records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from crm.accounts.rights import RANK, Powers

# a record that belongs to somebody; the value is the kind of record whose level of sight counts
OWNED = {"company_id": "clients", "contact_id": "clients", "deal_id": "deals", "line_id": "deals", "task_id": "tasks",
         "document_id": "documents", "link_id": "documents", "remark_id": "documents", "payment_id": "documents",
         "letter_id": "letters", "import_id": "imports", "card_id": "clients"}
SIGHT = {"clients": ("clients.see",), "deals": ("deals.see",), "tasks": ("tasks.see",), "documents": ("deals.see", "documents.see"),
         "letters": ("mail.see",)}
# what is not there for its own reasons: no PDF was asked for, nothing was signed, the deal's part is switched off or closed
MAY_BE_AWAY = {"documents.pdf_file", "lines.edit", "agreement.scan"}
# what belongs to the house: every role that has the right of the route sees the same. Sessions, passkeys, requests for a second person
# and batches of documents are one person's own, with suites of their own: documents/test_batches.py, accounts/test_sessions.py,
# accounts/test_passkeys.py, guard/test_mass_deletion.py
HOUSE = {"stage_id", "pipeline_id", "step_id", "product_id", "reason_id", "template_id", "number", "user_id", "active",
         "session_id", "passkey_id", "kind", "locale", "code", "hand_over_id", "backup_id", "request_id",
         "batch_id", "name", "list_id", "group_id", "part_id", "firm_id"}
CARDS = {"contact": "contact_id", "company": "company_id", "deal": "deal_id"}
PUBLIC, SIGNED_IN = "public", "signed-in"
HOLE = re.compile(r"<(?:(?P<type>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Address:
    """One way to call one route; `holes` are the names of its parameters that belong to somebody."""

    endpoint: str
    method: str
    rule: str
    right: str
    holes: tuple[str, ...]

    def fill(self, ids: dict[str, int]) -> str:
        """The path with the ids put in."""
        return HOLE.sub(lambda hole: str(ids[hole["name"]]), self.rule)


def names(rule: str) -> list[str]:
    """The parameters of a rule."""
    return [hole["name"] for hole in HOLE.finditer(rule)]


def _spread(rule: str) -> Iterator[str]:
    """A timeline has one address for all cards: ask each kind of card."""
    if "<card>" in rule:
        for card, name in CARDS.items():
            yield rule.replace("<card>", card).replace("<int:card_id>", f"<int:{name}>")
    elif "card_id" in rule:  # deals of a company, of a person
        yield rule.replace("card_id", "company_id" if "company" in rule else "contact_id")
    else:
        yield rule


def guarded(app: Flask) -> list[Address]:
    """Every address behind the sign-in, one for each method."""
    found = []
    for rule in app.url_map.iter_rules():
        right = getattr(app.view_functions[rule.endpoint], "access_right", "")
        if right == PUBLIC:
            continue
        for path in _spread(rule.rule):
            for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                found.append(Address(rule.endpoint, method, path, right, tuple(name for name in names(path) if name in OWNED)))
    return found


def personal(app: Flask) -> list[Address]:
    """Those that name somebody's record."""
    return [address for address in guarded(app) if address.holes]


def general(app: Flask) -> list[Address]:
    """Reading pages that name nobody's record: lists, searches, counts, pickers, live parts, files."""
    return [address for address in guarded(app) if not address.holes and address.method == "GET"]


def exists(address: Address, powers: Powers, level: str) -> bool:
    """Whether the record of this address exists for a reader of these powers, to whom its owner stands at `level` (own, team or all).

    Of several records the first counts, for what stands behind is a part of that. An imported file is told in whole or not at all.
    """
    kind = OWNED[address.holes[0]]
    if kind == "imports":
        return level == "own" or (not powers.hidden and powers.levels["clients.see"] == powers.levels["deals.see"] == "all")
    return all(RANK[powers.levels[right]] >= RANK[level] for right in SIGHT[kind])


def deed(address: Address) -> str | None:
    """The right whose level must cover the named record, beside seeing it; None where having the right is enough, as for
    the panel of a deal's tasks, whose rows are narrowed one by one."""
    kind, record = OWNED[address.holes[0]], address.right.partition(".")[0]
    return address.right if record in {kind, *(("documents",) if kind == "deals" else ())} else None
