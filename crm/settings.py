"""Every environment variable the program reads: its type, its default and one line of help."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SettingError(ValueError):
    """A variable of the environment has a value that the program cannot use."""


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError("a port lies between 1 and 65535")
    return port


def _base_url(text: str) -> str:
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).netloc):
        raise ValueError("it begins with http:// or https:// and names a host")
    return text.rstrip("/")


def _locale(text: str) -> str:
    if text not in ("ru", "en"):
        raise ValueError("it is ru or en")
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("it is a name such as Europe/Moscow") from error
    return text


def _log_level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("it is DEBUG, INFO, WARNING or ERROR")
    return text.upper()


def _log_format(text: str) -> str:
    if text not in ("text", "json"):
        raise ValueError("it is text or json")
    return text


def _database_url(text: str) -> str:
    """Accept the usual spellings of a PostgreSQL address and name the driver that we ship."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _places(text: str) -> tuple[str, ...]:
    """Folders, S3 and WebDAV; what is no known address is taken for a folder."""
    for place in text.split():
        scheme = place.partition("://")[0] if "://" in place else "folder"
        if scheme not in ("folder", "s3+https", "s3+http", "webdav+https", "webdav+http"):
            raise ValueError("a place is a folder or begins with s3+https:// or webdav+https://")
        if scheme != "folder" and not (urlsplit(place).hostname and urlsplit(place).path.strip("/")):
            raise ValueError("an address names a host and a folder (for S3: a bucket)")
        if scheme != "folder" and (urlsplit(place).username is None or urlsplit(place).password is None):
            raise ValueError("an address holds the name and the password: s3+https://KEY:SECRET@host/bucket")
    return tuple(text.split())


def _passphrase(text: str) -> str:
    if text and len(text) < 12:
        raise ValueError("a key shorter than 12 characters can be guessed")
    return text


def _signing_key(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("a key shorter than 32 characters can be guessed")
    return text


def _folder(text: str) -> Path | None:
    return Path(text).absolute() if text else None


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("it is 0 or 1")
    return text == "1"


@dataclass(frozen=True)
class Setting:
    """One variable: `parse` turns its text into the value or raises ValueError with a reason."""

    name: str
    default: str
    help: str
    parse: Callable[[str], Any] = str
    secret: bool = False


SETTINGS = (
    Setting("DATA_DIR", "instance", "Folder of the database, uploaded files and the secret key.", Path),
    Setting("DATABASE_URL", "", "Database; empty: SQLite in DATA_DIR. postgresql://user:password@host/name",
            _database_url, secret=True),
    Setting("HOST", "127.0.0.1", "Address to listen on; 0.0.0.0 lets phones of your network in."),
    Setting("PORT", "8000", "Port to listen on.", _port),
    Setting("THREADS", "8", "Requests answered at the same time by one process.", int),
    Setting("WORKERS", "1", "Processes of the server; more than one needs PostgreSQL.", int),
    Setting("SECRET_KEY", "", "Signs sessions, 32 characters or more; empty: made at the first start and kept in DATA_DIR.",
            _signing_key, secret=True),
    Setting("BASE_URL", "", "Address that people type, for links in letters and quotes: https://crm.example.com",
            _base_url),
    Setting("TRUSTED_PROXIES", "0", "How many reverse proxies stand in front and set X-Forwarded-*.", int),
    Setting("SMTP_URL", "", "Mail server, smtp://user:password@host:587; empty: letters wait in the outbox.",
            secret=True),
    Setting("LOCALE", "ru", "Language before anybody has chosen: ru or en.", _locale),
    Setting("TIMEZONE", "Europe/Moscow", "Time zone of the company until it is set on the settings page.",
            _timezone),
    Setting("LOG_LEVEL", "INFO", "How much is logged: DEBUG, INFO, WARNING or ERROR.", _log_level),
    Setting("LOG_FORMAT", "text", "text for people, json for programs that collect logs.", _log_format),
    Setting("ALLOWED_HOSTS", "", "Further names that people type, by commas; BASE_URL's and addresses in digits always work.",
            _list),
    Setting("METRICS_TOKEN", "", "Opens /metrics to a program that sends it as a bearer token.", secret=True),
    Setting("BACKUP_TO", "", "Where backups go, separated by spaces: a folder, s3+https://KEY:SECRET@host/bucket/folder, "
            "webdav+https://user:password@host/folder. Empty: DATA_DIR/backups.", _places, secret=True),
    Setting("BACKUP_KEY", "", "Encrypts backups; without it nobody can read them, you neither. Empty: not encrypted.",
            _passphrase, secret=True),
    Setting("COPY_TO", "", "Folder on another disk for the continuous copy of the SQLite database; empty: none.", _folder),
    Setting("UPGRADE_WITHOUT_BACKUP", "0", "1: change the tables at an upgrade even when the backup before it fails.",
            _switch),
    Setting("METRICS_ALLOW", "", "Addresses that may read /metrics without a token, by commas.", _list),
)


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read every setting from `environ` (default: the process's own); SettingError names a bad one."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.name, "").strip() or setting.default
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            shown = setting.name if setting.secret else f"{setting.name}={text!r}"  # a secret is never printed
            raise SettingError(f"{shown} cannot be used: {error}.") from error
    values["DATA_DIR"] = values["DATA_DIR"].absolute()
    if not values["DATABASE_URL"]:
        values["DATABASE_URL"] = f"sqlite:///{values['DATA_DIR'] / 'voronka.sqlite3'}"
    if values["WORKERS"] > 1 and values["DATABASE_URL"].startswith("sqlite"):
        raise SettingError("WORKERS above 1 needs PostgreSQL: set DATABASE_URL or leave WORKERS at 1.")
    return values
