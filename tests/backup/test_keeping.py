"""Which backups stay."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from crm.backup.keeping import Rule, kept, tidy
from crm.backup.places.folder import Folder
from crm.backup.queries import slot_before

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


def name(moment: dt.datetime, why: str = "schedule") -> str:
    return f"voronka-{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{why}.backup"


def nightly(days: int) -> list[str]:
    return [name(NOW - dt.timedelta(days=day, hours=12)) for day in range(days)]


@time_machine.travel(NOW, tick=False)
def test_a_year_of_nights_leaves_days_weeks_and_months() -> None:
    stay = kept(nightly(500), Rule(7, 4, 12), frozenset(), MOSCOW)
    moments = sorted((one[8:16] for one in stay), reverse=True)
    assert moments[:7] == ["20261125", "20261124", "20261123", "20261122", "20261121", "20261120", "20261119"]
    assert {"20261115", "20261108"} <= set(moments)  # Sundays: the newest of their weeks
    assert {"20261031", "20260930", "20251231"} <= set(moments)  # the newest of their months
    assert len(stay) <= 7 + 4 + 12


@time_machine.travel(NOW, tick=False)
def test_a_bad_one_takes_no_good_ones_place_and_the_last_good_one_always_stays() -> None:
    names = [name(NOW - dt.timedelta(days=day)) for day in range(40, 50)]
    bad = frozenset(names[:9])
    assert kept(names, Rule(1, 0, 0), bad, MOSCOW) == {names[9]}


@time_machine.travel(NOW, tick=False)
def test_everything_of_the_last_two_days_stays() -> None:
    names = [name(NOW - dt.timedelta(hours=hour), "button") for hour in range(40)]
    assert kept(names, Rule(1, 0, 0), frozenset(), MOSCOW) == set(names)


@time_machine.travel(NOW, tick=False)
def test_stored_files_go_with_the_last_backup_that_names_them(tmp_path: Path) -> None:
    import gzip

    place, work = Folder(tmp_path / "place"), tmp_path
    (tmp_path / "x").write_bytes(b"x")
    for day, stored in ((0, "aa1 bb2"), (30, "bb2 cc3"), (31, "cc3 dd4")):
        one = name(NOW - dt.timedelta(days=day))
        place.put(one, tmp_path / "x")
        (tmp_path / "l").write_bytes(gzip.compress(stored.replace(" ", "\n").encode()))
        place.put(one.replace(".backup", ".files"), tmp_path / "l")
    for stored in ("aa1", "bb2", "cc3", "dd4"):
        place.put(f"files/{stored[:2]}/{stored}", tmp_path / "x")
    gone = tidy(place, Rule(2, 0, 0), frozenset(), MOSCOW, work)
    assert gone == [name(NOW - dt.timedelta(days=31))]
    assert set(place.names("files/")) == {"files/aa/aa1", "files/bb/bb2", "files/cc/cc3"}
    (place.root / name(NOW - dt.timedelta(days=30)).replace(".backup", ".files")).unlink()
    tidy(place, Rule(1, 0, 0), frozenset(), MOSCOW, work)
    assert set(place.names("files/")) == {"files/aa/aa1", "files/bb/bb2"}


@pytest.mark.parametrize(("every", "now", "slot"), [
    ("day", "2026-11-25T02:59", "2026-11-24T03:00"), ("day", "2026-11-25T03:00", "2026-11-25T03:00"),
    ("week", "2026-11-25T12:00", "2026-11-22T03:00"), ("week", "2026-11-22T02:00", "2026-11-15T03:00")])
def test_the_moment_at_which_a_backup_was_due(every: str, now: str, slot: str) -> None:
    found = slot_before(every, 3, dt.datetime.fromisoformat(now).replace(tzinfo=MOSCOW))
    assert found == dt.datetime.fromisoformat(slot).replace(tzinfo=MOSCOW)
