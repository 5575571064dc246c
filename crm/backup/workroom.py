"""Where a backup is made and tried: one at a time, cleared before and after, so that a broken-off run leaves nothing."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from crm.backup.problems import BackupProblem


def data_folder() -> Path:
    """DATA_DIR."""
    return Path(current_app.config["DATA_DIR"])


@contextmanager
def workroom() -> Iterator[Path]:
    """An empty folder in DATA_DIR, for one run at a time; BackupProblem when another one is at work."""
    with (data_folder() / "backup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupProblem(_("Another backup is being made right now. Wait until it is ready.")) from error
        folder = data_folder() / "backup-work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
