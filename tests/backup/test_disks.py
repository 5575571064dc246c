"""A folder of the net that hangs hangs nobody who only looks at it."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

from crm.backup import disks, queries
from tests.backup.test_backup_pages import keep_row
from tests.cast import sign_in


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Path]]:
    """The folder `hung` takes every question and answers none until the test ends; the list is what it was asked."""
    release, asked, really = threading.Event(), [], Path.exists

    def exists(path: Path) -> bool:
        if path.name == "hung":
            asked.append(path)
            release.wait(60)
        return really(path)

    monkeypatch.setattr(disks, "PATIENCE", 0.05)
    monkeypatch.setattr(Path, "exists", exists)
    yield asked
    release.set()


def test_a_folder_that_hangs_is_told_and_nobody_waits_for_it_twice(hung: list[Path], tmp_path: Path) -> None:
    assert disks.ask(disks.disk_of, tmp_path / "hung") is None
    begun = time.monotonic()
    for _again in range(20):
        assert disks.ask(disks.disk_of, tmp_path / "hung") is None
    assert time.monotonic() - begun < 1  # twenty times the patience would be that
    assert len(hung) == 1
    assert disks.ask(disks.disk_of, tmp_path / "made later") == tmp_path.stat().st_dev


def test_health_and_the_page_of_backups_answer_and_name_the_folder(firm: Flask, hung: list[Path], tmp_path: Path) -> None:
    g.locale = "en"  # the context is shared with the pages
    keep_row()
    firm.config["BACKUP_TO"] = (str(tmp_path / "hung"), str(tmp_path))
    state = queries.health()
    assert (state.level, f"{tmp_path / 'hung'} does not answer" in state.advice) == ("warn", True)
    assert "It does not answer." in sign_in(firm, "owner").get("/settings/backups/").text


def test_a_folder_that_cannot_be_read_gives_no_answer(tmp_path: Path) -> None:
    assert disks.ask(disks.archives_in, tmp_path / "nowhere") is None
    (tmp_path / "a.backup").touch()
    assert disks.ask(disks.archives_in, tmp_path) == {"a.backup"}
