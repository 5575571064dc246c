"""How the demo's managers differ: who is strong, who is quick, who came lately, what lies on whose desk."""

from dataclasses import dataclass

TODAY, OVERDUE, NO_STEP, STUCK, SILENT, NEW, FRESH = "today", "overdue", "no_step", "stuck", "silent", "new", "fresh"


@dataclass(frozen=True)
class Profile:
    """`won`, `lost` and `open` deals; `taste` above zero is for large orders, below for small ones.

    `pace` multiplies the usual days of a sale; `companies` is how many clients they lead; `days_here` is how
    long ago they came, None for those who were there from the start. `moods`: what their open deals are like,
    the rest of them fresh.
    """

    won: int
    lost: int
    open: int
    companies: int
    taste: int = 0
    pace: float = 1.0
    days_here: int | None = None
    moods: tuple[tuple[str, int], ...] = ((TODAY, 3), (OVERDUE, 2), (NO_STEP, 2), (STUCK, 1), (SILENT, 1), (NEW, 2))

    def open_moods(self) -> list[str]:
        """One mood for each open deal."""
        named = [mood for mood, count in self.moods for _number in range(count)]
        return named + [FRESH] * (self.open - len(named))


# 350 deals in all: 133 won, 97 lost, 120 open
PROFILES = {
    "distribution": (
        Profile(won=43, lost=25, open=28, companies=59, taste=1, pace=0.85),
        Profile(won=32, lost=25, open=27, companies=57),
        Profile(won=5, lost=7, open=16, companies=30, pace=1.25, days_here=74,
                moods=((TODAY, 2), (OVERDUE, 3), (NO_STEP, 2), (STUCK, 1), (SILENT, 1), (NEW, 3)))),
    "cleaning": (
        Profile(won=26, lost=18, open=24, companies=50, taste=-1, pace=0.9),
        Profile(won=27, lost=22, open=25, companies=54, taste=-1, pace=1.05)),
}
