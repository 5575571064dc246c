"""The production server: one process by default, started and stopped cleanly."""

import fcntl
import socket
import sys
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy.exc
from flask import Flask
from gunicorn.app.base import BaseApplication

from crm.accounts import operations as accounts
from crm.core import schema
from crm.core.jobs import Worker


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
            "worker_class": "gthread", "keepalive": 5, "timeout": 120, "graceful_timeout": 10,
            "loglevel": config["LOG_LEVEL"].lower() if config["LOG_LEVEL"] != "INFO" else "warning",
            "proc_name": "voronka", "post_worker_init": self.start_jobs, "when_ready": self.say_ready,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The WSGI application."""
        return self.app

    def start_jobs(self, _worker: Any) -> None:
        """The job thread starts after the fork, in the process that answers."""
        worker = Worker(self.app)
        self.app.extensions["job_worker"] = worker
        worker.start()

    def say_ready(self, _server: Any) -> None:
        """Tell where to look once the port is open."""
        say(f"Voronka listens on http://{self.listener}   (Ctrl+C stops it)")


def say(text: str) -> None:
    """One line for the person at the console."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _lock(folder: Path) -> TextIO | None:
    """Hold the data folder while serving; None when another server holds it."""
    file = (folder / "server.lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _port_problem(host: str, port: int) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def serve(app: Flask) -> int:
    """Migrate, print the link of the first start if nobody can sign in, and serve. The exit status."""
    host, port = app.config["HOST"], app.config["PORT"]
    sqlite = app.config["DATABASE_URL"].startswith("sqlite")
    lock = _lock(app.config["DATA_DIR"])
    if lock is None and sqlite:
        say(f"Voronka is already running on the data in {app.config['DATA_DIR']}. "
            "Stop it first, or set another DATA_DIR.")
        return 1
    if problem := _port_problem(host, port):
        say(f"Port {port} on {host} cannot be used: {problem}. Stop what uses it, or start with another one: "
            "PORT=8001 make run")
        return 1
    try:
        with app.app_context():
            schema.upgrade()
            link = accounts.setup_link(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104
    except (sqlalchemy.exc.OperationalError, schema.NewerDatabaseError) as error:
        say(f"The database cannot be used: {error}")
        return 1
    if link:
        say(f"First start: open this one-time link to set up your company\n  {link}")
    Server(app, f"[{host}]:{port}" if ":" in host else f"{host}:{port}").run()
    return 0
