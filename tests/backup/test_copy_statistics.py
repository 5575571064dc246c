"""The daily renewal of statistics closes connections; the continuous copy loses nothing by it."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.backup.copying.copier import Copier
from crm.backup.copying.returning import newest
from crm.backup.databases import sqlite as sqlite_kind
from crm.core import upkeep
from crm.core.db import db

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
