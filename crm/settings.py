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


def _database_url(text: str) -> str:
    """Accept the usual spellings of a PostgreSQL address and name the driver that we ship."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


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
    Setting("SECRET_KEY", "", "Signs sessions; empty: made at the first start and kept in DATA_DIR.", secret=True),
    Setting("BASE_URL", "", "Address that people type, for links in letters and quotes: https://crm.example.com",
            _base_url),
    Setting("TRUSTED_PROXIES", "0", "How many reverse proxies stand in front and set X-Forwarded-*.", int),
    Setting("SMTP_URL", "", "Mail server, smtp://user:password@host:587; empty: letters wait in the outbox.",
            secret=True),
    Setting("LOCALE", "ru", "Language before anybody has chosen: ru or en.", _locale),
    Setting("TIMEZONE", "Europe/Moscow", "Time zone of the company until it is set on the settings page.",
            _timezone),
    Setting("LOG_LEVEL", "INFO", "How much is logged: DEBUG, INFO, WARNING or ERROR.", _log_level),
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
            raise SettingError(f"{setting.name}={text!r} cannot be used: {error}.") from error
    values["DATA_DIR"] = values["DATA_DIR"].absolute()
    if not values["DATABASE_URL"]:
        values["DATABASE_URL"] = f"sqlite:///{values['DATA_DIR'] / 'voronka.sqlite3'}"
    if values["WORKERS"] > 1 and values["DATABASE_URL"].startswith("sqlite"):
        raise SettingError("WORKERS above 1 needs PostgreSQL: set DATABASE_URL or leave WORKERS at 1.")
    return values
