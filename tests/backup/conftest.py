"""A company with data and files of its own, real commits, and a place for its backups."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from crm.core import files
from tests.cast import make_cast


@pytest.fixture
def firm(real_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application with a company, two uploaded files and BACKUP_TO; its context is open."""
    monkeypatch.setattr("crm.backup.sealing.SCRYPT", {"n": 2**4, "r": 8, "p": 1, "maxmem": 2**24, "dklen": 32})  # fast, like passwords
    real_app.config.update(BACKUP_TO=(str(tmp_path / "place"),), BACKUP_KEY="")
    with real_app.app_context():
        make_cast()
        for text in ("договор", "счёт"):
            files.keep(text.encode())
        yield real_app
