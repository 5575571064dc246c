"""Which backups stay: some days, some weeks, some months; never the last good one."""

import datetime as dt
import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from crm.backup import archive
from crm.backup.places import Place
from crm.core.db import utcnow

FRESH = dt.timedelta(days=2)


@dataclass(frozen=True)
class Rule:
    """How many days, weeks and months keep their newest backup."""

    daily: int = 7
    weekly: int = 4
    monthly: int = 12


def _day(moment: dt.datetime) -> object:
    return moment.date()


def _week(moment: dt.datetime) -> object:
    return moment.isocalendar()[:2]


def _month(moment: dt.datetime) -> object:
    return moment.year, moment.month


def kept(names: Iterable[str], rule: Rule, bad: frozenset[str], zone: ZoneInfo) -> set[str]:
    """The backups that stay: all of the last two days, the newest good one of each period of the rule, the newest good one."""
    moments = {name: moment for name in names if (moment := archive.moment_of(name))}
    newest_first = sorted(moments, key=lambda name: (moments[name], name), reverse=True)
    good = [name for name in newest_first if name not in bad] or newest_first
    stay = {name for name in newest_first if utcnow() - moments[name] < FRESH} | set(good[:1])
    cuts: tuple[tuple[int, Callable[[dt.datetime], object]], ...] = (
        (rule.daily, _day), (rule.weekly, _week), (rule.monthly, _month))
    for number, period in cuts:
        seen: dict[object, str] = {}
        for name in good:
            seen.setdefault(period(moments[name].astimezone(zone)), name)
        stay |= set(list(seen.values())[:number])
    return stay


def tidy(place: Place, rule: Rule, bad: frozenset[str], zone: ZoneInfo, work: Path) -> list[str]:
    """Remove what the rule does not keep, and stored files that no kept backup names; the removed backups."""
    here = place.names("")
    backups = {name for name in here if archive.moment_of(name)}
    stay = kept(backups, rule, bad, zone)
    gone = sorted(backups - stay)
    for name in gone:
        place.delete(name)
    lists = {name for name in here if name.endswith(archive.LIST_ENDING)}
    needed = {archive.list_name(name) for name in stay}
    for name in lists - needed:
        moment = archive.moment_of(name.removesuffix(archive.LIST_ENDING) + archive.ENDING)
        if moment and utcnow() - moment < FRESH:  # a backup that is on its way, or was broken off
            needed.add(name)
        elif moment:
            place.delete(name)
    if gone and needed <= lists:
        _sweep(place, needed, work)
    return gone


def _sweep(place: Place, lists: set[str], work: Path) -> None:
    wanted: set[str] = set()
    for name in lists:
        place.get(name, work / "list")
        wanted |= set(gzip.decompress((work / "list").read_bytes()).decode().split())
    for stored in place.names("files/"):
        if stored.rpartition("/")[2] not in wanted:
            place.delete(stored)
