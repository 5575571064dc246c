"""Ask for a backup, make it, remember how it went, tidy up, and guard upgrades."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.accounts.speaking import speak_for_company
from crm.backup import keeping, places, queries
from crm.backup.events import ASKED
from crm.backup.making import Made, make
from crm.backup.models import DONE, FAILED, RUNNING, WAITING, Backup, BackupRule
from crm.backup.problems import BackupProblem, NotMade
from crm.backup.restoring import Restored
from crm.backup.workroom import workroom
from crm.core import jobs, journal
from crm.core.db import db, utcnow

log = logging.getLogger(__name__)
FAILURES_SHOWN = 20


def ask_backup(*, why: str, actor: User | None = None) -> Backup:
    """A backup that a job makes; one that is on its way already is given instead."""
    end_broken_off()
    waiting = queries.busy()
    if waiting is not None:
        return waiting
    backup = Backup(why=why, status=WAITING, started_at=utcnow(), actor_id=actor.id if actor else None)
    db.session.add(backup)
    db.session.flush()
    jobs.enqueue("backup.make", key="backup.make", backup_id=backup.id)
    if actor is not None:
        journal.note(ASKED, actor_id=actor.id)
    return backup


def end_broken_off() -> None:
    """Rows that say "on its way" without a job behind them: the program ended, or an older database came back."""
    working = sa.select(jobs.Job.id).where(jobs.Job.kind == "backup.make", jobs.Job.attempts < jobs.MAX_ATTEMPTS)
    if db.session.scalar(working) is None:
        ended = {"status": FAILED, "problem": _("The backup was broken off. Make another one."), "finished_at": utcnow()}
        db.session.execute(sa.update(Backup).where(Backup.status.in_((WAITING, RUNNING))).values(ended))


def run_backup(backup_id: int) -> None:
    """Make the backup of that row and keep how it went; commits. A run that was broken off is made anew."""
    backup = db.session.get(Backup, backup_id)
    if backup is None or not backup.busy:
        db.session.rollback()
        return
    speak_for_company()
    why, backup.status = backup.why, RUNNING
    db.session.commit()

    def step(code: str) -> None:
        with db.engine.begin() as connection:
            connection.execute(sa.update(Backup).where(Backup.id == backup_id).values(step=code))

    try:
        made, problem = make(why, on_step=step), ""
    except NotMade as failure:
        made, problem = failure.made, failure.message
    except BackupProblem as failure:
        made, problem = None, failure.message
    except Exception as fault:  # told like any other: a job that repeats itself for hours would tell nobody
        db.session.rollback()
        log.exception("a backup was broken off")
        made, problem = None, _("An unexpected fault broke it off: %(reason)s. Make another one; if it fails again, send the log to "
                                "whoever looks after the server.", reason=type(fault).__name__)
    remember(made, problem, why, backup_id)
    tidy_up()


def remember(made: Made | None, problem: str, why: str, backup_id: int | None = None) -> Backup:
    """Keep how a backup went, in its row or a new one; commits."""
    backup = db.session.get(Backup, backup_id) if backup_id else None
    if backup is None:
        backup = Backup(why=why, started_at=utcnow())
        db.session.add(backup)
    backup.status, backup.problem, backup.finished_at, backup.step = FAILED if problem else DONE, problem, utcnow(), ""
    if made is not None:
        backup.name, backup.size = made.name, made.size
        backup.places = [asdict(kept) for kept in made.kept]
        backup.verdict = {**asdict(made.check), "key": queries.key_mark()} if made.check else {}
    if problem:
        log.error("the backup failed: %s", problem)
    db.session.commit()
    return backup


def remember_restored(came: Restored) -> None:
    """A restored database does not know the backup that it came from, which was on its way when it was made: keep it like any other,
    when it lies at a place of the settings; commits.
    """
    known = db.session.scalar(sa.select(Backup.id).where(Backup.name == came.name))
    if known is None and came.place in {place.label for place in places.all_places()}:
        made_at = dt.datetime.fromisoformat(came.made_at)
        db.session.add(Backup(name=came.name, why=came.why, status=DONE, started_at=made_at, finished_at=made_at, size=came.size,
                              places=[{"label": came.place, "problem": ""}],
                              verdict={"full": True, "counts": came.counts, "files": came.files, "read": came.files,
                                       "key": queries.key_mark()}))
        db.session.commit()


def tidy_up() -> None:
    """Remove what the rule does not keep, at every place, and the rows of what is gone; commits. A place that is away waits."""
    one = queries.rule()
    rule, bad, zone = keeping.Rule(one.daily, one.weekly, one.monthly), queries.bad_names(), queries.zone()
    db.session.rollback()
    gone: set[str] = set()
    left: set[str] = set()
    try:
        with workroom() as work:
            for place in places.all_places():
                gone |= set(keeping.tidy(place, rule, bad, zone, work))
                left |= set(place.names(""))
    except (BackupProblem, OSError) as problem:
        log.warning("old backups were not removed: %s", problem)
        return
    failed = sa.select(Backup.id).where(Backup.status == FAILED).order_by(Backup.id.desc()).offset(FAILURES_SHOWN)
    old = db.session.scalars(failed).all()
    db.session.execute(sa.delete(Backup).where(sa.or_(Backup.name.in_(gone - left), Backup.id.in_(old))))
    db.session.commit()


def save_rule(**values: object) -> BackupRule:
    """Change when backups are made and how many stay."""
    one = queries.rule()
    for name, value in values.items():
        setattr(one, name, value)
    db.session.add(one)
    return one


def _in_use() -> bool:
    """Whether the database holds a company: an empty one needs no backup."""
    with db.engine.connect() as connection:
        return "organization" in sa.inspect(connection).get_table_names() and bool(
            connection.exec_driver_sql("SELECT count(*) FROM organization").scalar())


@contextmanager
def before_upgrade() -> Iterator[None]:
    """Around a change of the tables: a backup first, remembered afterwards, when there is a table for it."""
    if not _in_use():
        yield
        return
    made: Made | None = None
    speak_for_company()
    log.warning("The tables are about to change. A backup is made and tried first ...")
    try:
        made = make("upgrade")
    except BackupProblem as problem:
        if not current_app.config["UPGRADE_WITHOUT_BACKUP"]:
            raise BackupProblem(_("The upgrade was not begun, because the backup before it failed: %(reason)s Mend this and start "
                                  "again, or set UPGRADE_WITHOUT_BACKUP=1 to go on without.", reason=problem.message)) from problem
        log.warning("Going on without a backup (UPGRADE_WITHOUT_BACKUP=1): %s", problem)
    yield
    if made is not None:
        remember(made, "", "upgrade")
