"""What the owner's page and the health page show of backups."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app, g
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.backup import disks, places, sealing
from crm.backup.making import Made
from crm.backup.models import DONE, FAILED, RUNNING, WAITING, Backup, BackupRule
from crm.backup.places.folder import Folder
from crm.core.dates import moment_text
from crm.core.db import CLOCKS_DIFFER, db, utcnow
from crm.core.health import BAD, GOOD, WARN, State
from crm.core.i18n import choose_locale

SHOWN = 30
TRIES, PAUSE = 3, dt.timedelta(hours=1)
SUNDAY = 6


def rule() -> BackupRule:
    """The owner's rule; the usual one until it is changed."""
    found = db.session.scalar(sa.select(BackupRule).order_by(BackupRule.id).limit(1))
    return found or BackupRule(every="day", hour=3, daily=7, weekly=4, monthly=12)


def zone() -> ZoneInfo:
    """The company's zone, also in jobs and commands."""
    if "timezone" in g:  # asked before; a restore has replaced the database since
        return ZoneInfo(g.timezone)
    try:
        company = accounts.organization()
    except sa.exc.SQLAlchemyError:  # an empty database, into which a backup is to be brought
        db.session.rollback()
        company = None
    return ZoneInfo(company.timezone if company else current_app.config["TIMEZONE"])


def slot_before(every: str, hour: int, now: dt.datetime) -> dt.datetime:
    """The last moment at which a backup was due; `now` in the company's zone."""
    slot = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if slot > now:
        slot -= dt.timedelta(days=1)
    return slot - dt.timedelta(days=(slot.weekday() - SUNDAY) % 7) if every == "week" else slot


def next_at(one: BackupRule) -> dt.datetime | None:
    """When the next backup begins; None when they are switched off."""
    if one.every == "off":
        return None
    days = 7 if one.every == "week" else 1
    return slot_before(one.every, one.hour, utcnow().astimezone(zone())) + dt.timedelta(days=days)


def _past(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Not of the future: a clock that was wrong for an hour must not put the next backup off for a year."""
    return Backup.started_at <= now + CLOCKS_DIFFER


def due() -> bool:
    """Whether a backup is due now: none since the last slot succeeded or runs; after a miss it is tried thrice, by the hour.

    Never before the company is set up: an empty database would be the newest backup of those that one came to restore.
    """
    one = rule()
    if one.every == "off" or accounts.organization() is None:
        return False
    now = utcnow()
    since = slot_before(one.every, one.hour, now.astimezone(zone()))
    tried = db.session.scalars(sa.select(Backup).where(Backup.started_at >= since, _past(now))
                               .order_by(Backup.started_at.desc())).all()
    if any(backup.status != FAILED for backup in tried):
        return False
    return not tried or (len(tried) < TRIES and now - tried[0].started_at > PAUSE)


def backups() -> Sequence[Backup]:
    """The newest first."""
    return db.session.scalars(sa.select(Backup).order_by(Backup.started_at.desc(), Backup.id.desc()).limit(SHOWN)).all()


def find(backup_id: int) -> Backup | None:
    """One of them."""
    return db.session.get(Backup, backup_id)


def busy() -> Backup | None:
    """The one on its way."""
    return db.session.scalar(sa.select(Backup).where(Backup.status.in_((WAITING, RUNNING))).order_by(Backup.id).limit(1))


def last_good() -> Backup | None:
    """The newest that was restored as a test."""
    return db.session.scalar(sa.select(Backup).where(Backup.status == DONE, _past(utcnow())).order_by(Backup.started_at.desc()).limit(1))


def last_try() -> Backup | None:
    """The newest that has ended, well or not."""
    return db.session.scalar(sa.select(Backup).where(Backup.status.in_((DONE, FAILED)), _past(utcnow()))
                             .order_by(Backup.started_at.desc(), Backup.id.desc()).limit(1))


def failed_try() -> Backup | None:
    """The last try, when it failed."""
    last = last_try()
    return last if last is not None and last.status == FAILED else None


def without_any(good: Backup) -> list[str]:
    """Places of the settings to which that backup was not brought, because BACKUP_TO named others then. Asks no place."""
    then = {place["label"] for place in good.places}
    return [place.label for place in places.all_places() if place.label not in then] if then else []


def bad_names() -> frozenset[str]:
    """Archives whose trial failed."""
    return frozenset(name for name in db.session.scalars(sa.select(Backup.name).where(Backup.status == FAILED)) if name)


def folder_of(name: str) -> Folder | None:
    """The folder of this machine in which a backup lies, for a download."""
    for place in places.all_places():
        if isinstance(place, Folder) and (place.root / name).is_file():
            return place
    return None


def shown(made: Made) -> Backup:
    """A backup that is not remembered, as a row for the same words."""
    return Backup(name=made.name, status=DONE, verdict=asdict(made.check) if made.check else {}, problem="")


def names_here(kept: Sequence[Backup]) -> frozenset[str]:
    """Those that lie in a folder of this machine that answers."""
    folders = [place.root for place in places.all_places() if isinstance(place, Folder)]
    lying = frozenset[str]().union(*(disks.ask(disks.archives_in, folder) or () for folder in folders))
    return frozenset(backup.name for backup in kept if backup.name in lying)


def names_gone(kept: Sequence[Backup], here: frozenset[str]) -> frozenset[str]:
    """Those that are in no place any more; none where a place is of the net, or does not answer: nobody has looked there."""
    found = places.all_places()
    if not all(isinstance(place, Folder) for place in found) or any(one.silent for one in spots()):
        return frozenset()
    return frozenset(backup.name for backup in kept if backup.name and backup.status == DONE) - here


def held_words(counts: dict[str, int], files: int) -> str:
    """"12 403 clients, 8 120 files"."""
    clients = counts.get("person", 0) + counts.get("company", 0)
    return _("%(clients)s, %(files)s",
             clients=ngettext("%(count)s client", "%(count)s clients", clients, count=format_decimal(clients)),
             files=ngettext("%(count)s file", "%(count)s files", files, count=format_decimal(files)))


def verdict_words(backup: Backup) -> str:
    """How the trial went, for people."""
    found = backup.verdict
    if backup.status != DONE or not found:
        return backup.problem
    counts = found["counts"]
    held = held_words(counts, found["files"])
    if not found["full"]:
        return _("Only the list of contents could be read: %(held)s. To have backups restored as a test, let the database "
                 "account create databases (ALTER ROLE … CREATEDB).", held=held)
    if found["read"] < found["files"]:
        return _("Restored as a test: %(held)s, all right. All files are there; %(read)d of them were read in full this time.",
                 held=held, read=found["read"])
    return _("Restored as a test: %(held)s, all right.", held=held)


@dataclass(frozen=True)
class Spot:
    """A place as the page names it. `same_disk` warns that one broken disk takes both; a `silent` folder does not answer."""

    label: str
    same_disk: bool = False
    silent: bool = False


def spots() -> list[Spot]:
    """Where backups go. Places of the net are not asked."""
    return [spot(place.root) if isinstance(place, Folder) else Spot(place.label) for place in places.all_places()]


def spot(folder: Path) -> Spot:
    """A folder of this machine as it is now, or as it will be when it is made."""
    disk = disks.ask(disks.disk_of, folder)
    return Spot(str(folder), same_disk=disk == current_app.config["DATA_DIR"].stat().st_dev, silent=disk is None)


def all_on_one_disk(where: Sequence[Spot]) -> bool:
    """Whether one broken disk takes the data, every backup (they go to `where`) and the continuous copy."""
    copy = current_app.config["COPY_TO"] if db.engine.dialect.name == "sqlite" else None
    return all(one.same_disk for one in where) and (copy is None or spot(copy).same_disk)


def key_mark() -> str:
    """The mark of the present BACKUP_KEY, see `sealing.key_mark`."""
    return sealing.key_mark(current_app.config["BACKUP_KEY"], current_app.config["SECRET_KEY"])


def key_changed(good: Backup | None) -> bool:
    """Whether the last good backup was made with another BACKUP_KEY than the present one, or with none."""
    return good is not None and good.verdict.get("key", key_mark()) != key_mark()


def health() -> State:
    """The line of the health page: when the last good backup was made."""
    one, good, failed = rule(), last_good(), failed_try()
    href = "/settings/backups/"
    if good is None:
        if failed is not None:
            return State(BAD, _("There is no good backup yet."), failed.problem, href)
        return State(WARN, _("There is no backup yet."), _("Make the first one now."), href)
    when = moment_text(good.started_at, choose_locale())
    said = (_("The last good backup was made %(when)s and restored as a test.", when=when) if good.verdict.get("full", True) else
            _("The last good backup was made %(when)s; only its list of contents could be read.", when=when))
    if failed is not None:
        told = _("The last try failed, %(when)s.", when=moment_text(failed.started_at, choose_locale())) + " " + said
        return State(BAD if utcnow() - good.started_at > dt.timedelta(days=3) else WARN, told, failed.problem, href)
    if one.every == "off":
        return State(WARN, said, _("Backups by schedule are switched off. Switch them on."), href)
    if utcnow() - good.started_at > dt.timedelta(days=16 if one.every == "week" else 3):
        return State(BAD, said, _("That is long ago. Make a backup now."), href)
    if key_changed(good):
        return State(WARN, said, _("BACKUP_KEY has been changed since. Older backups open with the former key alone: keep it, and make a "
                                   "backup now."), href)
    if good.problems:
        return State(WARN, said, good.problems[0]["problem"], href)
    if missing := without_any(good):
        return State(WARN, said, _("There is no backup yet in %(where)s, which BACKUP_TO names. Make one now.",
                                   where=", ".join(missing)), href)
    where = spots()
    if silent := [one.label for one in where if one.silent]:
        return State(WARN, said, _("%(where)s does not answer. Look at the disk or the network.", where=", ".join(silent)), href)
    if all_on_one_disk(where):
        return State(WARN, said, _("Every backup lies on the same disk as the data and would be lost with them. Set BACKUP_TO to "
                                   "another disk, S3 or WebDAV."), href)
    return State(GOOD, said)
