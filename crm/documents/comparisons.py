"""Two versions of a document as its page shows them: what stayed is folded but for what stands beside a change."""

from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _

from crm.core import files
from crm.core.errors import DomainError
from crm.documents import engine

BESIDE = 1  # equal paragraphs shown before and after a change
MOST_SHOWN = 3000


class ComparisonError(DomainError):
    """Two versions cannot be laid side by side."""

    status = 422


@dataclass(frozen=True)
class Stretch:
    """Rows that are shown, or equal ones that are folded away."""

    folded: bool
    rows: tuple[object, ...]


@dataclass(frozen=True)
class Comparison:
    """What two versions have in common and what not; `cut`: the page leaves off rows at its end."""

    stretches: tuple[Stretch, ...]
    changed: int
    added: int
    removed: int
    cut: bool = False


@lru_cache(maxsize=16)
def compared(old: str, new: str) -> Comparison:
    """The versions with these contents. ComparisonError for files that are gone or too long."""
    try:
        rows = engine.compare(engine.blocks(files.read(old)), engine.blocks(files.read(new)))
    except FileNotFoundError as error:
        raise ComparisonError(_("The file of this document is missing. Create the document again.")) from error
    except (engine.TooMuchToCompareError, engine.TemplateError) as error:
        raise ComparisonError(_("These versions are too long to be compared here. Compare the two Word files.")) from error
    near = _near([row.kind != "same" for row in rows])
    stretches: list[Stretch] = []
    begin = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or near[at] != near[begin]:
            stretches.append(Stretch(not near[begin], tuple(rows[begin:at])))
            begin = at
    changed, added, removed = (sum(1 for row in rows if row.kind == kind) for kind in ("changed", "added", "removed"))
    return Comparison(_cut(stretches), changed, added, removed, cut=len(rows) > MOST_SHOWN)


def _near(differs: list[bool]) -> list[bool]:
    """Whether a row or one beside it differs."""
    return [any(differs[max(0, at - BESIDE):at + BESIDE + 1]) for at in range(len(differs))]


def _cut(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    """As much as a browser shows at once."""
    shown, left = [], MOST_SHOWN
    for one in stretches:
        if left <= 0:
            break
        shown.append(Stretch(one.folded, one.rows[:left]))
        left -= len(one.rows)
    return tuple(shown)
