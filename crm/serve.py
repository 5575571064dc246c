"""The production server: one process by default, started and stopped cleanly, and back by itself after a kill."""

import ctypes
import errno
import gc
import os
import signal
import socket
import struct
import sys
from typing import Any

import sqlalchemy.exc
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from sqlalchemy import orm

import crm.backup.copying.thread as copying
from crm.accounts import operations as accounts
from crm.core import lock, metrics, schema
from crm.core.db import db
from crm.core.errors import DomainError
from crm.core.jobs import Worker as JobWorker
from crm.core.jobs import beat_now
from crm.patience import Worker

ORPHAN_PATIENCE = 20.0  # seconds until the workers of a killed master have surely gone
PR_SET_PDEATHSIG = 1
STALLED = 20  # seconds in which a client must take something; what it sends: `patience`
M_ARENA_MAX = -8


class OneLog(Logger):
    """What gunicorn itself says goes the way of our own log, in the same form."""

    def setup(self, cfg: Any) -> None:
        """Keep its level, hand its lines on."""
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True


class Server(BaseApplication):
    """gunicorn with settings of ours; a thread per request, one worker on SQLite."""

    def __init__(self, app: Flask, listener: str) -> None:
        self.app, self.listener = app, listener
        super().__init__()

    def load_config(self) -> None:
        """What users need not know."""
        config = self.app.config
        options: dict[str, Any] = {
            "bind": self.listener, "workers": config["WORKERS"], "threads": config["THREADS"],
            "worker_class": Worker, "keepalive": 5, "timeout": 120, "graceful_timeout": 10,
            "loglevel": config["LOG_LEVEL"].lower() if config["LOG_LEVEL"] != "INFO" else "warning",
            "proc_name": "voronka", "logger_class": OneLog, "post_fork": self.be_a_child,
            "post_worker_init": self.start_jobs, "when_ready": self.say_ready,
            "control_socket_disable": True,  # nobody steers the server by a socket, and the master stays of one thread
            "forwarded_allow_ips": "",  # its own trust in this machine: `core/proxies` is the one place that judges
            "worker_exit": self.end_jobs,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The WSGI application."""
        return self.app

    def be_a_child(self, server: Any, worker: Any) -> None:
        """A worker ends with its master, and shares no connection with anybody."""
        _end_with_parent(server.pid)
        for listener in worker.sockets:  # what it accepts inherits this: a client that takes nothing does not keep a thread for ever
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", STALLED, 0))
        with self.app.app_context():
            db.engine.dispose(close=False)

    def start_jobs(self, _worker: Any) -> None:
        """The job thread starts after the fork, in the process that answers."""
        worker = JobWorker(self.app)
        self.app.extensions["job_worker"] = worker
        worker.start()
        copying.start(self.app)

    def end_jobs(self, _server: Any, _worker: Any) -> None:
        """What the process holds in memory is brought into the base before it ends."""
        beat_now(self.app)
        copying.end(self.app)

    def say_ready(self, _server: Any) -> None:
        """Tell where to look once the port is open."""
        say(f"Voronka listens on http://{self.listener}   (Ctrl+C stops it)")


def say(text: str) -> None:
    """One line for the person at the console."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _end_with_parent(parent: int) -> None:
    """Let Linux kill this worker when the master dies: an orphan would keep the port and the data from the next one.

    What it was doing rolls back; nobody has been told that it was done. Elsewhere gunicorn notices within seconds.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)


def _share_memory() -> None:
    """Let workers share the master's memory, and eight threads not keep eight heaps of their own.

    A collection of garbage writes into every object that it looks at, and a page that is written is shared no more.
    Nothing is collected before: what little garbage a start makes is cheaper to keep than to look for.
    """
    orm.configure_mappers()  # what every worker would make for itself
    gc.freeze()
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc; others have no heaps by thread
        if mallopt is not None:
            mallopt(M_ARENA_MAX, 2)


def _port_problem(host: str, port: int) -> str | None:
    """Why this address cannot be listened on, in a sentence with what to do; None when it can."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        return f"PORT={port} is kept for the administrator of this machine. Take one above 1023: PORT=8000."
    except (OSError, UnicodeError) as error:  # the latter for what is no name at all
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            return (f"Port {port} on {host} cannot be used: {os.strerror(errno.EADDRINUSE)}. Stop what uses it, or start with another "
                    "one: PORT=8001 make run")
        return (f"HOST={host!r} is no address of this machine. Write HOST=127.0.0.1 for this machine alone, or HOST=0.0.0.0 to listen "
                "on all of its addresses.")
    return None


def serve(app: Flask) -> int:
    """Migrate, print the link of the first start if nobody can sign in, and serve. The exit status."""
    host, port = app.config["HOST"], app.config["PORT"]
    sqlite = app.config["DATABASE_URL"].startswith("sqlite")
    try:
        held = lock.hold(app.config["DATA_DIR"], ORPHAN_PATIENCE if sqlite else 0)
    except OSError as error:
        say(f"The data folder {app.config['DATA_DIR']} cannot be written: {error.strerror}. Make room or give the user of the "
            "program the right to write there, then start again.")
        return 1
    if held is None and sqlite:
        say(f"Voronka is already running on the data in {app.config['DATA_DIR']}. "
            "Stop it first, or set another DATA_DIR.")
        return 1
    if problem := _port_problem(host, port):
        say(problem)
        return 1
    with app.app_context():
        try:
            schema.upgrade()
            link = accounts.setup_link(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104
        except (sqlalchemy.exc.OperationalError, schema.NewerDatabaseError) as error:
            say(schema.refusal(error))
            return 1
        except DomainError as refusal:  # the backup before an upgrade failed
            say(refusal.message)
            return 1
        finally:
            db.session.remove()
            db.engine.dispose()  # a connection must never cross a fork
    if link:
        say(f"First start: open this one-time link to set up your company\n  {link}")
    if held is not None:
        metrics.begin_anew(app)
    _share_memory()
    Server(app, f"[{host}]:{port}" if ":" in host else f"{host}:{port}").run()
    return 0
