"""Voronka: a CRM that a small business runs on its own small server."""

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from crm import registry, settings
from crm.accounts.session import init_session
from crm.core.assets import init_assets
from crm.core.db import init_db
from crm.core.files import MAX_UPLOAD
from crm.core.hosts import init_hosts
from crm.core.i18n import init_i18n
from crm.core.logs import configure, init_logs
from crm.core.metrics import init_metrics
from crm.core.nav import init_nav
from crm.core.proxies import init_proxies
from crm.core.templating import init_templating
from crm.core.web import MAX_TYPED, init_web

ROOT = Path(__file__).resolve().parents[1]


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The application; `overrides` replace settings (tests). SettingError when one cannot be used."""
    app = Flask("crm", root_path=str(ROOT), template_folder="templates", static_folder=None)
    app.config.from_mapping(settings.load())
    app.config.update(overrides or {})
    _prepare(app)
    init_db(app)
    init_i18n(app)
    init_templating(app)
    init_logs(app)
    init_metrics(app)
    init_web(app)
    init_hosts(app)
    init_session(app)
    CSRFProtect(app)
    init_nav(app)
    init_assets(app)
    registry.register(app)
    return app


def _prepare(app: Flask) -> None:
    config = app.config
    _open_folder(config["DATA_DIR"])
    config["SECRET_KEY"] = config["SECRET_KEY"] or _kept_key(config["DATA_DIR"])
    config.update(
        WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False, MAX_CONTENT_LENGTH=MAX_UPLOAD + MAX_TYPED,
        MAX_FORM_MEMORY_SIZE=MAX_TYPED, MAX_FORM_PARTS=2000, SQLALCHEMY_TRACK_MODIFICATIONS=False)
    configure(config["LOG_LEVEL"], config["LOG_FORMAT"])
    init_proxies(app)


def _open_folder(folder: Path) -> None:
    """Make the data folder; SettingError when it is none, or not ours to write in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _folder_refused(folder, error) from error
    _close_to_others(folder, 0o700)
    for path in folder.glob("voronka.sqlite3*"):  # SQLite gives its log the rights of the database
        _close_to_others(path, 0o600)


def _close_to_others(path: Path, mode: int) -> None:
    """What an older version left open to other accounts of the machine is closed; what is not ours stays as it is."""
    with contextlib.suppress(OSError):  # a disk that knows no rights
        found = path.stat()
        if found.st_uid == os.geteuid() and found.st_mode & 0o077:
            path.chmod(mode)


def _folder_refused(folder: Path, error: OSError) -> settings.SettingError:
    return settings.SettingError(
        f"DATA_DIR={str(folder)!r} cannot be used: {error.strerror or error}. Make room, give the user of the program the right to "
        "write there, or name another folder.")


def _kept_key(folder: Path) -> str:
    """The key that signs sessions: made once, readable by the owner of the files only."""
    path = folder / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _found_key(path)
    except OSError as error:
        raise _folder_refused(folder, error) from error
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key


def _found_key(path: Path) -> str:
    try:
        key = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise settings.SettingError(f"{path} cannot be read: {error}. It belongs to the user of the program.") from error
    if not key:  # a full disk, when it was made
        raise settings.SettingError(f"{path} is empty. Put the key back from where you keep it, or remove it: a new one is made, "
                                    "everybody signs in anew.")
    return key
