"""Disks, lines, clocks, work that is broken off: once each. The table with more of each is `make faults`."""

from pathlib import Path

import pytest

from faults import backups, clocks, disks, outages, processes, upgrade, work
from faults.company import Company
from faults.postgres import Cluster
from faults.row import Row
from tests.conftest import KIND

pytestmark = pytest.mark.faults
on_postgres = pytest.mark.skipif(KIND != "postgres", reason="a fault of PostgreSQL")
on_sqlite = pytest.mark.skipif(KIND != "sqlite", reason="a fault of SQLite")


def balanced(*rows: Row) -> None:
    """All rows are well; what could not be done here says why."""
    assert [fault for row in rows for fault in row.faults] == []
    if skipped := [row.skipped for row in rows if row.skipped]:
        pytest.skip(skipped[0])


def test_a_full_disk_and_a_read_only_one_lose_nothing(tmp_path: Path) -> None:
    balanced(*disks.run(KIND, tmp_path / "data", 1))


@on_postgres
def test_a_database_that_goes_away_in_five_ways_is_told_and_comes_back(tmp_path: Path) -> None:
    balanced(*outages.run(tmp_path / "data", 1))


def test_a_clock_that_is_set_forward_and_back_harms_nothing(made: Company) -> None:
    if not clocks.library():
        pytest.skip(clocks.MISSING)
    balanced(*clocks.lived_through(made, clocks.FEW, backups=False))


def test_an_import_that_is_killed_takes_each_row_once(tmp_path: Path, cluster: Cluster | None) -> None:
    balanced(work.killed_import(KIND, tmp_path / "data", 1, cluster, rows=400))


def test_a_letter_that_is_killed_is_sent_again_as_the_same(tmp_path: Path, cluster: Cluster | None) -> None:
    balanced(work.killed_letter(KIND, tmp_path / "data", 1, cluster))


def test_uploads_that_are_cut_leave_nothing_and_those_that_stall_hold_up_nobody(tmp_path: Path) -> None:
    balanced(*work.cut_uploads(KIND, tmp_path / "data", 3, stalls=2))


def test_an_upgrade_that_breaks_off_has_not_happened(tmp_path: Path, cluster: Cluster | None) -> None:
    balanced(upgrade.broken_off(KIND, tmp_path / "data", 1, cluster, small=True))


@on_sqlite
def test_a_second_server_is_refused_while_commands_work(tmp_path: Path) -> None:
    balanced(upgrade.second_server(tmp_path / "data"))


@on_postgres
def test_three_processes_do_each_job_once_and_know_what_the_others_did(tmp_path: Path) -> None:
    balanced(*processes.run(tmp_path / "data", letters=12))


@on_sqlite  # on PostgreSQL by make faults only
def test_a_backup_that_has_no_room_says_so_and_keeps_the_old_ones(tmp_path: Path) -> None:
    balanced(backups.run(KIND, tmp_path / "data", 1))
