"""The demo's days: everything happened at working hours of the seven months before today, nothing in the future."""

import datetime as dt
import random
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crm.core.db import utcnow

MONTHS_DAYS = 212  # seven months
OPENS, CLOSES = dt.time(9, 5), dt.time(18, 25)
DAY_HAS_BEGUN = dt.time(10)
SHORTLY = dt.timedelta(minutes=25)


@dataclass(frozen=True)
class Clock:
    """`today` is the company's day, `now` the moment (UTC) after which nothing has happened yet."""

    today: dt.date
    now: dt.datetime
    zone: ZoneInfo

    @classmethod
    def at(cls, timezone: str, today: dt.date | None) -> "Clock":
        """The present, or half past five in the afternoon of another day."""
        zone = ZoneInfo(timezone)
        now = utcnow()
        if today is None or today == now.astimezone(zone).date():
            return cls(now.astimezone(zone).date(), now, zone)
        return cls(today, dt.datetime.combine(today, dt.time(17, 30), zone).astimezone(dt.UTC), zone)

    @property
    def start(self) -> dt.date:
        """The day of the first deals."""
        return self.back(self.today - dt.timedelta(days=MONTHS_DAYS))

    @property
    def latest(self) -> dt.date:
        """The last working day on which people have done something already."""
        begun = self.now.astimezone(self.zone).time() >= DAY_HAS_BEGUN
        return self.back(self.today if begun else self.today - dt.timedelta(days=1))

    @staticmethod
    def back(day: dt.date) -> dt.date:
        """The day itself, or the Friday before a weekend."""
        return day - dt.timedelta(days=max(day.weekday() - 4, 0))

    @staticmethod
    def onward(day: dt.date) -> dt.date:
        """The day itself, or the Monday after a weekend."""
        return day + dt.timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)

    def ago(self, days: int) -> dt.date:
        """A working day about `days` before today, not later than `latest`."""
        return min(self.back(self.today - dt.timedelta(days=days)), self.latest)

    @staticmethod
    def working(first: dt.date, last: dt.date) -> list[dt.date]:
        """Working days from `first` to `last`, both included; all days when none of them is."""
        days = [first + dt.timedelta(days=number) for number in range(max((last - first).days, 0) + 1)]
        return [day for day in days if day.weekday() < 5] or days

    def moments(self, day: dt.date, count: int, dice: random.Random) -> list[dt.datetime]:
        """`count` moments of the day at working hours, in their order, none later than now."""
        opens, closes = (dt.datetime.combine(day, time, self.zone) for time in (OPENS, CLOSES))
        midnight = dt.datetime.combine(day, dt.time(), self.zone)
        closes = max(min(closes, self.now.astimezone(self.zone)), midnight)
        opens = min(opens, max(midnight, closes - dt.timedelta(hours=2)))
        seconds = sorted(dice.uniform(0, (closes - opens).total_seconds()) for _number in range(count))
        return [(opens + dt.timedelta(seconds=int(passed))).astimezone(dt.UTC) for passed in seconds]

    def shortly_before(self, moment: dt.datetime, after: dt.datetime) -> dt.datetime:
        """A moment of the same working day before `moment` and not before `after` (all UTC)."""
        opened = dt.datetime.combine(moment.astimezone(self.zone), OPENS, self.zone).astimezone(dt.UTC)
        earliest = max(after, min(opened, moment))
        return max(moment - SHORTLY, earliest + (moment - earliest) / 2)
