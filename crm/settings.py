"""Every environment variable the program reads: its type, its default and one line of help."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


ESCAPED = "signs such as / ? # in a password are written as %2F %3F %23"


class SettingError(ValueError):
    """A variable of the environment has a value that the program cannot use."""


def _number(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between both, ends included."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and low <= int(text[:9]) <= high):
            raise ValueError(f"write a whole number from {low} to {high}")
        return int(text)

    return read


def _host(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError as error:
        if set(text) & set(":/[]") or len(text.split()) > 1:
            raise ValueError("write an address of this machine alone, without http:// and port: 127.0.0.1, or 0.0.0.0 for all of "
                             "them") from error
    return text


def _split(text: str, example: str) -> SplitResult:
    """The parts of an address; ValueError when it names no host, or a port that is none."""
    try:
        parts = urlsplit(text)
    except ValueError as error:  # such as http://[x
        raise ValueError(f"write it as {example}") from error
    try:
        parts.port  # noqa: B018 - asking reads it
    except ValueError as error:
        raise ValueError("its port is no number from 1 to 65535; signs such as / and @ in a password are written as %2F and "
                         "%40") from error
    if not parts.hostname or len(text.split()) > 1:
        raise ValueError(f"it names a host, such as {example}")
    return parts


def _web(text: str, example: str, what: str) -> SplitResult:
    """The parts of an address of the web; ValueError names `what` is to be written."""
    if not text.startswith(("http://", "https://")):
        raise ValueError(f"write {what}, such as {example}")
    return _split(text, example)


def _base_url(text: str) -> str:
    if not text:
        return ""
    example = "https://crm.example.com"
    parts = _web(text, example, "the whole address that people type")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"write the host alone, without a path and what follows it, such as {example}")
    return text.rstrip("/")


def _smtp_url(text: str) -> str:
    if not text:
        return ""
    example = "smtp://user:password@host:587"
    if not text.startswith(("smtp://", "smtps://")):
        raise ValueError(f"write it as {example}, or with smtps://")
    parts = _split(text, example)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"nothing follows the host and the port; {ESCAPED}")
    return text


def _converter(text: str) -> str:
    if not text:
        return ""
    parts = _web(text, "http://gotenberg:3000", "the address of the converter")
    if parts.query or parts.fragment:
        raise ValueError(f"nothing follows its path; {ESCAPED}")
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
    address = re.sub(r"^postgres(ql)?(\+psycopg2?)?://", "postgresql+psycopg://", text)
    if not address:
        return ""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # the latter for a port that is none
        raise ValueError("write it as postgresql://user:password@host/name; signs such as / and @ in a password are written as %2F "
                         "and %40") from error
    if url.drivername == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise ValueError("name a file: sqlite:////srv/voronka/voronka.sqlite3, or leave it empty")
        if not Path(url.database).is_absolute():  # it lies elsewhere when the program is started from elsewhere
            raise ValueError("write the whole path, with four strokes: sqlite:////srv/voronka/voronka.sqlite3, or leave it empty")
    elif url.drivername != "postgresql+psycopg":
        raise ValueError("it is of PostgreSQL, postgresql://user:password@host/name, or empty for SQLite in DATA_DIR")
    return address


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _names(text: str) -> tuple[str, ...]:
    """Names of hosts; one that stands for all of them would undo the look at names."""
    for name in _list(text):
        if set(name) & set("*/:@") or len(name.split()) > 1 or not name.strip("."):
            raise ValueError("write names alone, by commas, without http://, port and *; .example.com takes in all names below it")
    return _list(text)


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part) for part in _list(text))
    except ValueError as error:
        raise ValueError("write addresses or networks by commas, such as 127.0.0.1, 10.0.0.0/8") from error


def _places(text: str) -> tuple[str, ...]:
    """Folders, S3 and WebDAV; what is no known address is taken for a folder."""
    for place in text.split():
        scheme = place.partition("://")[0] if "://" in place else "folder"
        if scheme == "folder":
            _folder(place)
        if scheme not in ("folder", "s3+https", "s3+http", "webdav+https", "webdav+http"):
            raise ValueError("a place is a folder or begins with s3+https:// or webdav+https://")
        if scheme != "folder":
            _split(place, "s3+https://KEY:SECRET@host/bucket")
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
    """A whole path: what is relative lies elsewhere when the program is started from elsewhere."""
    if text and not Path(text).is_absolute():
        raise ValueError("write the whole path of a folder, which begins with /")
    return Path(text) if text else None


def _data_dir(text: str) -> Path:
    if text.startswith("~"):  # which only a shell understands
        raise ValueError("write the whole path of a folder, which begins with /")
    return Path(text).absolute()


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
    Setting("DATA_DIR", "instance", "Folder of the database, uploaded files and the secret key.", _data_dir),
    Setting("DATABASE_URL", "", "Database; empty: SQLite in DATA_DIR. postgresql://user:password@host/name",
            _database_url, secret=True),
    Setting("HOST", "127.0.0.1", "Address to listen on; 0.0.0.0 lets phones of your network in.", _host),
    Setting("PORT", "8000", "Port to listen on.", _number(1, 65535)),
    Setting("THREADS", "8", "Requests answered at the same time by one process.", _number(1, 256)),
    Setting("WORKERS", "1", "Processes of the server; more than one needs PostgreSQL.", _number(1, 64)),
    Setting("SECRET_KEY", "", "Signs sessions, 32 characters or more; empty: made at the first start and kept in DATA_DIR.",
            _signing_key, secret=True),
    Setting("BASE_URL", "", "Address that people type, for links in letters and quotes: https://crm.example.com",
            _base_url),
    Setting("TRUSTED_PROXIES", "0", "How many reverse proxies stand in front and set X-Forwarded-*.", _number(0, 10)),
    Setting("PROXY_ADDRESSES", "", "Addresses or networks, by commas, from which those proxies speak to it; this machine always may.",
            _networks),
    Setting("SMTP_URL", "", "Mail server, smtp://user:password@host:587; empty: letters wait in the outbox.",
            _smtp_url, secret=True),
    Setting("PDF_CONVERTER", "", "Makes PDFs elsewhere: address of a Gotenberg, http://gotenberg:3000; empty: LibreOffice of this machine.",
            _converter, secret=True),
    Setting("LOCALE", "ru", "Language before anybody has chosen: ru or en.", _locale),
    Setting("TIMEZONE", "Europe/Moscow", "Time zone of the company until it is set on the settings page.",
            _timezone),
    Setting("LOG_LEVEL", "INFO", "How much is logged: DEBUG, INFO, WARNING or ERROR.", _log_level),
    Setting("LOG_FORMAT", "text", "text for people, json for programs that collect logs.", _log_format),
    Setting("ALLOWED_HOSTS", "", "Further names that people type, by commas; BASE_URL's and addresses in digits always work.",
            _names),
    Setting("METRICS_TOKEN", "", "Opens /metrics to a program that sends it as a bearer token.", secret=True),
    Setting("BACKUP_TO", "", "Where backups go, separated by spaces: a folder, s3+https://KEY:SECRET@host/bucket/folder, "
            "webdav+https://user:password@host/folder. Empty: DATA_DIR/backups.", _places, secret=True),
    Setting("BACKUP_KEY", "", "Encrypts backups; without it nobody can read them, you neither. Empty: not encrypted.",
            _passphrase, secret=True),
    Setting("COPY_TO", "", "Folder on another disk for the continuous copy of the SQLite database; empty: none.", _folder),
    Setting("UPGRADE_WITHOUT_BACKUP", "0", "1: change the tables at an upgrade even when the backup before it fails.",
            _switch),
    Setting("METRICS_ALLOW", "", "Addresses or networks that may read /metrics without a token, by commas.", _networks),
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
    if not values["DATABASE_URL"]:
        values["DATABASE_URL"] = f"sqlite:///{values['DATA_DIR'] / 'voronka.sqlite3'}"
    if values["WORKERS"] > 1 and values["DATABASE_URL"].startswith("sqlite"):
        raise SettingError("WORKERS above 1 needs PostgreSQL: set DATABASE_URL or leave WORKERS at 1.")
    _keep_apart(values)
    return values


def _keep_apart(values: Mapping[str, Any]) -> None:
    """A copy beside the original is lost with it; SettingError."""
    data = values["DATA_DIR"].resolve()
    homes = [data]
    if (path := values["DATABASE_URL"].removeprefix("sqlite:///")).startswith("/"):
        homes.append(Path(path).resolve().parent)
    copy = values["COPY_TO"].resolve() if values["COPY_TO"] else None
    if copy and any(copy.is_relative_to(home) for home in homes):
        raise SettingError(f"COPY_TO cannot be {values['COPY_TO']}: a copy beside the database is lost with it. Name a folder on "
                           "another disk.")
    for place in values["BACKUP_TO"]:
        if place.startswith("/") and (Path(place).resolve() == data or Path(place).resolve().is_relative_to(data / "files")):
            raise SettingError(f"BACKUP_TO cannot be {place}: that is where the data lie. Name a folder of its own, best on another "
                               "disk.")
