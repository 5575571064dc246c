"""`flask backup`, `flask backups`, `flask restore`."""

import datetime as dt
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.accounts.speaking import speak_for_company
from crm.backup import archive, finding, operations, places, queries, restoring
from crm.backup.copying import returning
from crm.backup.making import make
from crm.backup.places.folder import Folder
from crm.backup.problems import BackupProblem, NotMade


def _speak() -> None:
    """In the company's language, where there is one already."""
    speak_for_company()


def _local(moment: dt.datetime) -> str:
    return f"{moment.astimezone(queries.zone()):%Y-%m-%d %H:%M}"


@click.command("backup")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="A folder, instead of BACKUP_TO.")
@with_appcontext
def backup(to: Path | None) -> None:
    """Make a backup now, restore it as a test, and say how that went."""
    _speak()
    try:
        made = make("command", to=[Folder(to.absolute())] if to else None)
    except NotMade as problem:
        if to is None:
            operations.remember(problem.made, problem.message, "command")
        raise click.ClickException(problem.message) from problem
    except BackupProblem as problem:
        raise click.ClickException(problem.message) from problem
    row = operations.remember(made, "", "command") if to is None else queries.shown(made)
    click.echo(f"{made.name}  {made.size // 1024} KB")
    click.echo(queries.verdict_words(row))
    for kept in made.kept:
        click.echo(f"{kept.label}: {kept.problem or _('kept')}", err=bool(kept.problem))
    if to is None:
        operations.tidy_up()


@click.command("backups")
@with_appcontext
def backups() -> None:
    """List the kept backups of every place, the newest first."""
    _speak()
    found, away = finding.all_kept(places.all_places())
    for sentence in away:
        click.echo(sentence, err=True)
    for one in found:
        moment = archive.moment_of(one.name)
        click.echo(f"{_local(moment) if moment else '':<17} {one.size // 1024:>9} KB  {one.name}  {one.place.label}")
    if not found:
        raise click.ClickException(finding.none_there())


@click.command("restore")
@click.argument("choice", default=finding.LATEST)
@click.option("--from-copy", is_flag=True, help="The newest state of the continuous copy in COPY_TO (SQLite).")
@with_appcontext
def restore(choice: str, *, from_copy: bool) -> None:
    """Bring back a backup: latest, a name of the list, or a file (.backup or .tar). Stop the server first."""
    _speak()
    try:
        came = returning.restore_copy(click.echo) if from_copy else restoring.restore(choice, click.echo)
        operations.remember_restored(came)
    except BackupProblem as problem:
        raise click.ClickException(problem.message) from problem
    click.echo(_("Restored as of %(when)s: %(held)s.", when=_local(dt.datetime.fromisoformat(came.made_at)),
                 held=queries.held_words(came.counts, came.files)))
    if came.missing:
        click.echo(ngettext("%(num)d file could not be brought: missing or damaged wherever it was kept. What was made of it cannot be "
                            "opened: %(names)s", "%(num)d files could not be brought: missing or damaged wherever they were kept. What was "
                            "made of them cannot be opened: %(names)s", len(came.missing),
                            names=", ".join(name[:12] for name in came.missing[:5])), err=True)
    if came.aside:
        click.echo(_("What was there before is kept in %(where)s; remove it when all is well.", where=came.aside))
    click.echo(_("Everybody signs in anew. Look under Settings → People: whose access was closed since that moment is let in again."))
    click.echo(_("Start the program now."))


COMMANDS = (backup, backups, restore)
