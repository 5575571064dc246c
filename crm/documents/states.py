"""The way of a contract: what its states are called, which of them a bar shows."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

DRAFT, LAWYER, RETURNED, AGREED, SENT, SIGNED, KEPT = "draft", "lawyer", "returned", "agreed", "sent", "signed", "kept"
USUAL = ("contract", "specification")  # kinds that go this way whatever the settings say
LABELS: dict[str, LazyString] = {
    DRAFT: _l("Draft"), LAWYER: _l("With the lawyer"), RETURNED: _l("Returned with remarks"), AGREED: _l("Agreed"), SENT: _l("Sent"),
    SIGNED: _l("Signed"), KEPT: _l("Original kept")}
PAINTS = {LAWYER: "info", RETURNED: "warn", AGREED: "good", SENT: "info", SIGNED: "good", KEPT: "good"}
LONG, SHORT = (DRAFT, LAWYER, AGREED, SENT, SIGNED, KEPT), (DRAFT, SENT, SIGNED, KEPT)
OPEN = (DRAFT, LAWYER, RETURNED, AGREED)  # the client does not have this text yet
CLOSED = (SIGNED, KEPT)  # this text stays


@dataclass(frozen=True)
class Step:
    """One stage of the bar."""

    id: str
    name: LazyString


def bar(state: str, *, asked: bool) -> list[Step]:
    """The stages to show; what came back from the lawyer stands where it was. Settings that changed hide no state."""
    codes = LONG if asked or state in (LAWYER, RETURNED, AGREED) else SHORT
    return [Step(state, LABELS[state]) if code == LAWYER and state == RETURNED else Step(code, LABELS[code]) for code in codes]
