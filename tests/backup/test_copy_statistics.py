"""The continuous copy beside the daily renewal of statistics, which closes connections, and beside a clock that is set."""

import datetime as dt
import sqlite3
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.backup.copying import queries as copying
from crm.backup.copying.copier import Copier
from crm.backup.copying.returning import newest
from crm.backup.copying.thread import CopyThread
from crm.backup.databases import sqlite as sqlite_kind
from crm.core import upkeep
from crm.core.db import db, utcnow

NEWS = sa.text("INSERT INTO task (kind, text, due_on, result, version, created_at)"
               " VALUES ('call', :text, '2026-11-01', '', 1, '2026-11-01 10:00:00')")


def test_the_copy_goes_on_through_the_renewal(real_app: Flask, tmp_path: Path) -> None:
    with real_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("the continuous copy is for SQLite")
        copier = Copier(Path(str(db.engine.url.database)), tmp_path / "uploads", tmp_path / "copy")
        try:
            copier.step()
            for day in range(3):
                db.session.execute(NEWS, {"text": f"before {day}"})
                db.session.commit()
                upkeep.renew_statistics()
                db.session.execute(NEWS, {"text": f"after {day}"})
                db.session.commit()
                copier.step()
                if day == 1:
                    copier.write_back()
                newest(tmp_path / "copy", tmp_path / "restored")
                sqlite_kind.prove(tmp_path / "restored")
                base = sqlite3.connect(f"file:{tmp_path / 'restored'}?immutable=1", uri=True)
                assert base.execute("SELECT count(*) FROM task").fetchone() == ((day + 1) * 2,)
                assert base.execute("SELECT count(*) FROM sqlite_stat1").fetchone()[0]
                base.close()
        finally:
            copier.close()


@pytest.mark.parametrize("days", [-1, 1])
def test_the_age_of_the_copy_is_told_by_no_clock_that_is_set(
        app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    thread = CopyThread(tmp_path / "a", tmp_path / "b", tmp_path / "c")
    thread.caught_up = time.monotonic() - 40
    monkeypatch.setitem(app.extensions, "copy", thread)
    monkeypatch.setattr(thread, "is_alive", lambda: True)
    with time_machine.travel(utcnow() + dt.timedelta(days=days)), app.app_context():
        behind = copying.state().behind
        assert behind is not None
        assert (round(behind.total_seconds()), copying.state().late) == (40, True)
        thread.caught_up += 35
        assert not copying.state().late
