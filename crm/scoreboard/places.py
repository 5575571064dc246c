"""Places of the race: who stands where by a measure, how that changed, and what separates from the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.core.text import sort_key
from crm.scoreboard.queries import Figures, Race


@dataclass(frozen=True)
class Measure:
    """What people compete by. `sides` are the two figures that stand beside it."""

    code: str
    label: LazyString
    value: Callable[[Figures], float | None]
    sides: tuple[str, str]
    less_is_better: bool = False


MEASURES = {measure.code: measure for measure in (
    Measure("revenue", _l("Amount won"), lambda row: row.revenue, ("won", "conversion")),
    Measure("won", _l("Deals won"), lambda row: row.won, ("revenue", "conversion")),
    Measure("conversion", _l("Conversion"), lambda row: row.win_rate, ("won", "lost")),
    Measure("average", _l("Average deal"), lambda row: row.average, ("won", "revenue")),
    Measure("cycle", _l("Days to win"), lambda row: row.median, ("won", "conversion"), less_is_better=True),
    Measure("plan", _l("Plan completion"), lambda row: row.plan_share, ("revenue", "won")),
)}
SIDES = {**{code: measure.label for code, measure in MEASURES.items()}, "lost": _l("Deals lost"),
         "open": _l("Open now")}


@dataclass(frozen=True)
class Racer:
    """A manager at a place. `bar` is 0 to 1 against the leader; `climbed`: places since last period."""

    place: int
    figures: Figures
    value: float | None
    bar: float
    climbed: int | None  # None: was not in the race before
    gap: float | None = None  # to the next better value; None for the first and the undefined
    gap_place: int | None = None


def _ranked(rows: Sequence[Figures], measure: Measure) -> list[tuple[int, Figures]]:
    """Best first; equal values share a place, the next one counts all before it (1, 1, 3). Ties by name."""

    def worth(row: Figures) -> float:
        value = measure.value(row)
        if value is None:
            return float("inf")
        return value if measure.less_is_better else -value

    ordered = sorted(rows, key=lambda row: (worth(row), sort_key(row.name), row.name, row.user_id))
    placed: list[tuple[int, Figures]] = []
    for number, row in enumerate(ordered, 1):
        same = bool(placed) and worth(placed[-1][1]) == worth(row)
        placed.append((placed[-1][0] if same else number, row))
    return placed


def standings(race: Race, code: str = "revenue") -> list[Racer]:
    """The race by one measure, in order of places."""
    measure = MEASURES[code]
    before = {row.user_id: place for place, row in _ranked(race.before, measure)}
    placed = _ranked(race.now, measure)
    values = [value for _place, row in placed if (value := measure.value(row)) is not None]
    low, high = min(values, default=0), max(values, default=0)
    racers: list[Racer] = []
    for place, row in placed:
        value = measure.value(row)
        ahead = [racer for racer in racers if racer.place < place]
        rival = ahead[-1] if ahead and value is not None else None
        racers.append(Racer(
            place, row, value, _bar(value, low, high, measure),
            before[row.user_id] - place if row.user_id in before else None,
            abs(rival.value - value) if rival and rival.value is not None and value is not None else None,
            rival.place if rival else None))
    return racers


def _bar(value: float | None, low: float, high: float, measure: Measure) -> float:
    """Length against the leader; of days, the quickest has the longest bar."""
    if value is None:
        return 0.0
    if measure.less_is_better:
        return (low + 1) / (value + 1) if value >= 0 else 1.0
    return value / high if high > 0 else 0.0


def ordinal(number: int) -> str:
    """'3rd', as it stands in 'to the 3rd place'."""
    if number % 100 not in (11, 12, 13):
        if number % 10 == 1:
            return _("%(number)sst", number=number)
        if number % 10 == 2:
            return _("%(number)snd", number=number)
        if number % 10 == 3:
            return _("%(number)srd", number=number)
    return _("%(number)sth", number=number)
