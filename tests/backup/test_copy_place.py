"""A continuous copy whose folder goes away, hangs behind or does not run is told, and nothing is written into the void."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, g

from crm.backup.copying import queries, store, thread
from crm.backup.copying.copier import Copier, PlaceGone
from crm.backup.copying.returning import newest
from crm.backup.queries import Spot
from crm.core.health import BAD, GOOD, WARN
from tests.backup.test_copy import count_of, make_database, put, writing
from tests.cast import sign_in

SQLITE_ONLY = pytest.mark.skipif(os.environ.get("TEST_DB") == "postgres", reason="a copy of SQLite")


@pytest.fixture
def copier(tmp_path: Path) -> Iterator[Copier]:
    make_database(tmp_path / "base.sqlite3")
    made = Copier(tmp_path / "base.sqlite3", tmp_path / "files", tmp_path / "copy")
    yield made
    made.close()


def restored(tmp_path: Path) -> int:
    newest(tmp_path / "copy", tmp_path / "restored")
    return count_of(tmp_path / "restored")


def test_a_folder_that_is_gone_is_a_fault_and_not_made_anew_until_it_is_back(copier: Copier, tmp_path: Path) -> None:
    base = writing(tmp_path / "base.sqlite3")
    put(base, 5)
    copier.step()
    (tmp_path / "copy").rename(tmp_path / "fell off")
    for _step in range(2):
        put(base, 5)
        with pytest.raises(PlaceGone):
            copier.step()
    assert not (tmp_path / "copy").exists()
    (tmp_path / "fell off").rename(tmp_path / "copy")
    copier.step()
    assert restored(tmp_path) == 15
    base.close()


def test_a_copy_that_somebody_removed_is_begun_anew(copier: Copier, tmp_path: Path) -> None:
    base = writing(tmp_path / "base.sqlite3")
    put(base, 5)
    copier.step()
    shutil.rmtree(store.generations(tmp_path / "copy")[0])
    put(base, 5)
    copier.step()
    assert restored(tmp_path) == 10
    base.close()


def until(true: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _turn in range(1000):
        if true():
            return
        tick.wait(0.01)
    raise AssertionError("it did not come about")


@pytest.fixture
def copying(firm: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[thread.CopyThread]:
    """The thread as a server has it, quicker."""
    monkeypatch.setattr(thread, "EVERY", 0.01)
    monkeypatch.setattr("crm.backup.queries.spot", lambda folder: Spot(str(folder)))  # as on another disk
    firm.config["COPY_TO"] = tmp_path / "copy"
    g.locale = "en"
    thread.start(firm)
    found = thread.present()
    assert found
    yield found
    thread.end(firm)
    del firm.extensions["copy"]
    firm.config["COPY_TO"] = None


@SQLITE_ONLY
def test_health_tells_how_far_behind_the_copy_is(firm: Flask, copying: thread.CopyThread) -> None:
    until(lambda: copying.caught_up is not None)
    state = queries.health()
    assert (state.level, "second" in state.sentence) == (GOOD, True)
    copying.quit.set()
    copying.join()
    state = queries.health()
    assert (state.level, "does not run" in state.sentence, "second" in state.sentence) == (BAD, True, True)
    assert "does not run" in sign_in(firm, "owner").get("/settings/backups/").text


@SQLITE_ONLY
def test_health_tells_that_the_folder_is_gone_and_that_it_is_back(copying: thread.CopyThread, tmp_path: Path) -> None:
    until(lambda: copying.caught_up is not None)
    (tmp_path / "copy").rename(tmp_path / "fell off")
    until(lambda: copying.gone)
    state = queries.health()
    assert (state.level, "the folder is gone" in state.sentence, "Bring the folder" in state.advice) == (BAD, True, True)
    (tmp_path / "fell off").rename(tmp_path / "copy")
    until(lambda: not copying.gone)
    assert queries.health().level == GOOD


@SQLITE_ONLY
def test_a_copy_on_the_disk_of_the_data_is_no_peace_of_mind(copying: thread.CopyThread, monkeypatch: pytest.MonkeyPatch) -> None:
    until(lambda: copying.caught_up is not None)
    monkeypatch.setattr("crm.backup.queries.spot", lambda folder: Spot(str(folder), same_disk=True))
    state = queries.health()
    assert (state.level, "same disk" in state.advice) == (WARN, True)


@SQLITE_ONLY
def test_a_copy_that_hangs_is_a_fault_after_half_a_minute(copying: thread.CopyThread, monkeypatch: pytest.MonkeyPatch) -> None:
    until(lambda: copying.caught_up is not None)
    go_on = threading.Event()
    inside = threading.Event()

    def hang(_copier: Copier) -> int:
        inside.set()
        go_on.wait(30)
        return 0

    monkeypatch.setattr(Copier, "step", hang)
    assert inside.wait(10)
    for seconds, level in ((20, GOOD), (31, BAD), (7200, BAD)):
        copying.caught_up = time.monotonic() - seconds
        assert queries.health().level == level
    assert "2 hours" in queries.health().sentence
    copying.caught_up, copying.begun = None, time.monotonic()
    assert queries.health().level == WARN
    go_on.set()


@SQLITE_ONLY
def test_a_copy_that_is_set_and_never_started_is_a_fault(firm: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(firm.config, "COPY_TO", tmp_path / "copy")
    assert queries.health().level == BAD
