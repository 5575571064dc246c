"""How the continuous copy is."""

import datetime as dt
import time
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import format_timedelta
from flask_babel import gettext as _

from crm.backup import queries as backups
from crm.backup.copying import thread
from crm.core.db import db
from crm.core.health import BAD, GOOD, OFF, WARN, State

LATE = dt.timedelta(seconds=30)  # 10 seconds are promised; a step with much to copy may take some more


@dataclass(frozen=True)
class CopyState:
    """What the pages show: possible only on SQLite, set or not, running or not, how far behind, and what stands against it.

    `whole`: a copy has been complete since the start; before that `behind` counts from the start.
    """

    possible: bool
    target: Path | None
    running: bool = False
    whole: bool = False
    behind: dt.timedelta | None = None
    problem: str = ""
    gone: bool = False  # the folder is not there any more
    foreign: bool = False  # the folder holds the copy of another data folder

    @property
    def late(self) -> bool:
        """Whether what was written lately is not in it."""
        return not self.running or self.behind is None or self.behind > LATE or bool(self.problem)

    @property
    def ago(self) -> str:
        """How far behind, in words."""
        return format_timedelta(self.behind, granularity="second", threshold=1.5) if self.behind is not None else ""


def state() -> CopyState:
    """The copy as the thread of this process knows it; its place is not asked, for it may hang."""
    possible, target, found = db.engine.dialect.name == "sqlite", current_app.config["COPY_TO"], thread.present()
    if found is None:
        return CopyState(possible, target)
    since = found.begun if found.caught_up is None else found.caught_up
    behind = dt.timedelta(seconds=time.monotonic() - since)
    problem = _("the folder is gone") if found.gone else _("it holds the copy of another data folder") if found.foreign else found.problem
    return CopyState(possible, target, found.is_alive(), found.caught_up is not None, behind, problem, found.gone, found.foreign)


def health() -> State:
    """The line of the health page."""
    now = state()
    if not now.possible:
        return State(OFF, _("PostgreSQL keeps its own log: to lose nothing with a disk, run a second server (streaming replication)."))
    if now.target is None:
        return State(OFF, _("No continuous copy is kept: with the disk everything since the last backup would be lost."),
                     _("To lose 10 seconds at most, set COPY_TO to a folder on another disk."))
    where = str(now.target)
    if not now.running:
        return State(BAD, _("The copy in %(where)s does not run.", where=where) + _behind(now), _("Restart the program."))
    if now.foreign:
        return State(BAD, _("The copy in %(where)s does not go on: %(reason)s.", where=where, reason=now.problem),
                     _("If the data were lost, stop the program and run: .venv/bin/flask --app app restore --from-copy. Else name an empty "
                       "folder in COPY_TO."))
    if now.problem:
        advice = (_("Bring the folder or its disk back. If it is gone for good, restart the program: it begins a new copy.")
                  if now.gone else _("Check the disk. The copy goes on by itself as soon as it can."))
        return State(BAD, _("The copy in %(where)s does not go on: %(reason)s.", where=where, reason=now.problem) + _behind(now), advice)
    if not now.whole:
        return State(BAD if now.late else WARN, _("The copy in %(where)s is being begun.", where=where) + _behind(now),
                     _("A large base takes minutes. If it takes longer, restart the program."))
    if now.late:
        return State(BAD, _("The copy in %(where)s is behind.", where=where) + _behind(now),
                     _("If this stays for a minute, restart the program."))
    if backups.spot(now.target).same_disk:
        return State(WARN, _("Everything up to %(ago)s ago is in %(where)s.", ago=now.ago, where=where),
                     _("It lies on the same disk as the data and would be lost with them. Name a folder on another disk in COPY_TO."))
    return State(GOOD, _("Everything up to %(ago)s ago is in %(where)s.", ago=now.ago, where=where))


def _behind(now: CopyState) -> str:
    if now.behind is None:
        return ""
    if not now.whole:
        return " " + _("What was done since the start of the program, %(ago)s ago, is not in it.", ago=now.ago)
    return " " + _("It lacks what was done in the last %(ago)s.", ago=now.ago)
