"""How the continuous copy is."""

import time
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from crm.backup.copying import thread
from crm.core.db import db
from crm.core.health import BAD, GOOD, State

LATE = 30  # a step with much to copy may take some seconds


@dataclass(frozen=True)
class CopyState:
    """What the page shows: possible only on SQLite, set or not, how old."""

    possible: bool
    target: Path | None
    seconds: int | None
    problem: str

    @property
    def late(self) -> bool:
        """Whether what was written lately is not in it."""
        return self.seconds is None or self.seconds > LATE or bool(self.problem)


def state() -> CopyState:
    """The copy as the thread of this process knows it."""
    target, found = current_app.config["COPY_TO"], thread.present()
    age = time.monotonic() - found.caught_up if found is not None and found.caught_up is not None else None
    return CopyState(db.engine.dialect.name == "sqlite", target, None if age is None else max(0, int(age)),
                     found.problem if found is not None else "")


def health() -> State:
    """The line of the health page."""
    now = state()
    if not now.possible:
        return State(GOOD, _("PostgreSQL keeps its own log: to lose nothing with a disk, run a second server (streaming replication)."))
    if now.target is None:
        return State(GOOD, _("No continuous copy is kept: with the disk everything since the last backup would be lost."),
                     _("To lose 10 seconds at most, set COPY_TO to a folder on another disk."))
    if now.problem:
        return State(BAD, _("The copy in %(where)s does not go on: %(reason)s.", where=str(now.target), reason=now.problem),
                     _("Check the disk. The copy goes on by itself as soon as it can."))
    if now.late:
        return State(BAD, _("The copy in %(where)s is behind.", where=str(now.target)),
                     _("If this stays for a minute, restart the program."))
    return State(GOOD, _("Everything up to %(seconds)d s ago is in %(where)s.", seconds=now.seconds, where=str(now.target)))
