"""The database session: one transaction per request, the write lock taken first on SQLite, UTC and money types."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, orm
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.types import TypeDecorator

from crm.core.postgres import prepare_postgres

CLOCKS_DIFFER = dt.timedelta(minutes=1)  # by so much at most; what is stamped later than that is of a clock that was wrong
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_mode = threading.local()


class Base(orm.DeclarativeBase):
    """Constraint names are fixed so that a migration can name them on both databases."""

    metadata = sa.MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    })


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Moment(TypeDecorator[dt.datetime]):
    """An aware UTC datetime, stored without zone so that both databases compare it alike."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Refuse naive moments: nobody knows which zone they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment carries its time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give the stored moment its zone back."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as an integer of 10**-places: SQLite would turn Numeric into a float."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        """Round nothing: a value with more places than the column is an error of the caller."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Back to a Decimal without trailing zeros beyond the integer part."""
        return None if value is None else Decimal(value).scaleb(-self.places)


def upsert(bind: Connection | Engine, table: Any) -> Any:
    """An INSERT of the bind's own dialect, which knows ON CONFLICT; the other database's dialect is not even loaded."""
    return import_module(f"sqlalchemy.dialects.{bind.dialect.name}").insert(table)


def utcnow() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def _writes() -> bool:
    """Whether the transaction that begins now may write; then SQLite takes its write lock at once.

    A deferred transaction that reads first and writes later loses updates or fails with SQLITE_BUSY.
    """
    if getattr(_mode, "reading", False):
        return False
    return not has_request_context() or request.method not in READ_METHODS


@contextmanager
def reading() -> Iterator[None]:
    """Read within a writing request before its write lock is taken, e.g. to check a password slowly."""
    _mode.reading = True
    try:
        yield
    finally:
        _mode.reading = False
        db.session.rollback()


@contextmanager
def own_transaction() -> Iterator[Connection]:
    """A transaction of its own, kept even when the request fails: only for sign-in counts and mass-view logs."""
    db.session.rollback()
    bind = db.session.get_bind()
    if isinstance(bind, Connection):  # the session lives inside somebody's outer transaction
        with bind.begin_nested():
            yield bind
        return
    with bind.begin() as connection:
        yield connection


def _fold_lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def prepare_sqlite(engine: Engine, *, write_back: bool = True) -> None:
    """Real transactions, WAL, full sync, foreign keys and a lower() that knows Cyrillic.

    write_back=False leaves the log to the continuous copy, which must see it before it is written back.
    """

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin by itself; `begin` below does
        connection.create_function("lower", 1, _fold_lower, deterministic=True)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if not write_back:
            connection.execute("PRAGMA wal_autocheckpoint=0")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes() else "BEGIN")


def init_db(app: Flask) -> None:
    """Bind the session to the database named in the settings."""
    url = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "hide_parameters": True,  # an error in the log must not tell what a client is called
            "connect_args": {"check_same_thread": False}}
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "hide_parameters": True, "pool_pre_ping": True, "pool_size": app.config["THREADS"] + 2,
            "pool_timeout": 10,
            "connect_args": {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3},
        }
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine, write_back=app.config["COPY_TO"] is None)
        else:
            prepare_postgres(db.engine)
