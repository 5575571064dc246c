"""How numbers are written: the owner's pattern for each kind, such as {N}/{YYYY} or DOG-{YY}-{NNNN}."""

import datetime as dt
import re
from dataclasses import dataclass

from flask_babel import gettext as _

USUAL = "{N}/{YYYY}"
LONGEST = 40
YEARS = 10_000  # the series of a company of ours are its own ten thousand: those of the first are called by the year alone
_SIGN = re.compile(r"\{(N{1,8}|YYYY|YY|MM)\}")
_NOT_IN_NUMBERS = re.compile(r"[{}\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Rule:
    """The pattern of a kind, and whether its numbers begin with 1 each year."""

    pattern: str = USUAL
    yearly: bool = True

    def year(self, dated: dt.date) -> int:
        """The year of the series that a document of this day takes its number from; 0 of the one for all years."""
        return dated.year if self.yearly else 0

    def write(self, number: int, dated: dt.date) -> str:
        """The number as it stands on paper; {NNNN} has at least as many digits as letters."""
        def sign(found: re.Match[str]) -> str:
            code = found.group(1)
            if code[0] == "N":
                return str(number).zfill(len(code))
            return {"YYYY": f"{dated:%Y}", "YY": f"{dated:%y}", "MM": f"{dated:%m}"}[code]
        return _SIGN.sub(sign, self.pattern)


def series(firm_id: int | None, year: int) -> int:
    """The series of numbers of one company of ours and year (0: of all years): 2026 of the first company, 32026 of the third."""
    return (firm_id or 0) * YEARS + year


def all_series(firm_id: int | None) -> tuple[int, int]:
    """The first and the last of the series of one company."""
    return series(firm_id, 0), series(firm_id, YEARS - 1)


def problem(pattern: str, *, yearly: bool) -> str:
    """What is wrong with a pattern, as a sentence; empty for one that numbers without repeats."""
    signs = _SIGN.findall(pattern)
    if len(pattern) > LONGEST or _NOT_IN_NUMBERS.search(_SIGN.sub("", pattern)):
        return _("Use letters, digits and the signs {N}, {NNNN}, {YYYY}, {YY}, {MM}, at most %(most)d characters in all.", most=LONGEST)
    if sum(sign[0] == "N" for sign in signs) != 1:
        return _("Put {N} where the number goes, once; {NNNN} writes it as 0001.")
    if yearly and not {"YYYY", "YY"} & set(signs):
        return _("Without the year the numbers would repeat each January. Add {YYYY}, or let them count on.")
    return ""
