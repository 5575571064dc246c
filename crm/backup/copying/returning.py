"""Bring back the newest consistent state of the continuous copy."""

import datetime as dt
import secrets
from collections.abc import Callable
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _

from crm.backup import archive, restoring
from crm.backup.copying import store
from crm.backup.databases import sqlite
from crm.backup.events import RESTORED
from crm.backup.places.folder import copy_whole
from crm.backup.problems import BackupProblem, Damaged, from_os
from crm.backup.workroom import data_folder, workroom
from crm.core import files, journal
from crm.core.dates import moment_text
from crm.core.db import db
from crm.core.i18n import choose_locale


def newest(root: Path, target: Path) -> tuple[dt.datetime, bool]:
    """Build the newest state that is whole into `target`: its moment, and whether an older generation had to be taken."""
    kept = store.generations(root)
    for folder in kept:
        if not store.base_is_whole(folder):
            continue
        moment = store.rebuild(folder, target)
        try:
            sqlite.prove(target)
        except Damaged:
            continue
        return moment, folder != kept[0]
    raise BackupProblem(_("There is no whole copy in %(where)s. Restore a backup instead.", where=str(root)))


def restore_copy(say: Callable[[str], None]) -> restoring.Restored:
    """Put the newest state of COPY_TO in place of the database; what was there is kept."""
    root = current_app.config["COPY_TO"]
    if root is None or db.engine.dialect.name != "sqlite":
        raise BackupProblem(_("There is no continuous copy: set COPY_TO to the folder that holds it."))
    try:
        with restoring.alone(), workroom() as work:
            say(_("Reading the copy in %(where)s ...", where=str(root)))
            whole = work / "copy.sqlite3"
            moment, older = newest(root, whole)
            if older:
                say(_("The newest part of the copy is damaged; an older one is taken, of %(when)s.",
                      when=moment_text(moment, choose_locale())))
            content = sqlite.content(whole)
            restoring.refuse_newer(content.revision)
            count = _bring_files(root)
            aside = restoring.put_sqlite_file(whole)
            store.adopt(root, data_folder(), store.owner(root) or secrets.token_hex(16))
    except OSError as error:
        raise from_os(error, str(error.filename or root)) from error
    journal.note(RESTORED, actor_id=None, backup="copy")
    return restoring.Restored("copy", moment.isoformat(timespec="seconds"), content.counts, count, aside)


def _bring_files(root: Path) -> int:
    count = 0
    for path in (root / "files").glob("??/*"):
        target = files.folder() / path.parent.name / path.name
        if len(path.name) == archive.DIGEST_LENGTH and archive.digest_of(path) == path.name:
            count += 1
            if not target.exists():
                copy_whole(path, target)
    return count


