"""`flask log`: whether the log is as it was written."""

import datetime as dt

import click
from flask.cli import AppGroup

from crm.core.db import db, reading
from crm.guard.operations import chain as operations
from crm.guard.queries import chain

group = AppGroup("log", help="The log and the chain that seals it.")
STEP = 200


@group.command("verify")
@click.option("--code", default="", help="A code that was written down: whether the chain still holds that seal.")
def verify(code: str) -> None:
    """Walk the whole chain; every entry that was changed, removed or inserted is named, and the exit status is 1.

    "link 7: changed" is what the fact 7 is about. An entry dated earlier than the one before is named and no fault, and so is a
    seal whose moment does not fit. Entries older than an hour that no seal protects make the exit status 1, too.
    """
    whole = _walk()
    for fault in whole.faults:
        click.echo(f"{fault.source} {fault.id}: {fault.what}")
    for remark in whole.remarks:
        click.echo(f"{remark.source} {remark.id}: {_dated(remark)}")
    found = chain.find_code(code) if code else None
    if code:
        click.echo(f"The code is seal {found.number} of {found.at:%Y-%m-%d %H:%M} UTC: up to there nothing was exchanged."
                   if found else "No seal has this code: the chain is not the one from which it was written down.")
    last, (count, late) = chain.last_seal(), whole.unprotected
    verdict = f"{len(whole.faults)} faults." if whole.faults else "The chain holds." if whole.seals or not count else "There is no chain."
    code_of_last = f" The last code is {chain.code(last.digest)}." if last else ""
    click.echo(f"{whole.rows} entries in {whole.seals} seals. {verdict}{code_of_last}")
    if count:
        old = f", {late} of them are older than an hour: the program seals while it runs, `flask --app app log seal` at once"
        click.echo(f"No seal protects {count} entries yet{old if late else ''}.")
    if whole.faults or late or (code and found is None):
        raise SystemExit(1)


def _dated(remark: chain.Fault) -> str:
    by = dt.timedelta(seconds=remark.seconds)
    if remark.what == chain.AHEAD:
        return f"dated later than now by {by} (the clock was set back, or it was changed)"
    if remark.source == "seal":
        return f"dated earlier than the one before or than its entries by {by} (the clock was set back, or it was changed)"
    return f"dated earlier than the one before by {by} (the clock was set back, or it was written in later)"


def _walk() -> chain.Walk:
    """All steps of the way as one."""
    whole, position = chain.Walk(), None
    while True:
        with reading():
            step = chain.walk(position, STEP)
        whole.faults, whole.remarks = whole.faults + step.faults, whole.remarks + step.remarks
        whole.rows, whole.seals, whole.unprotected = whole.rows + step.rows, whole.seals + step.seals, step.unprotected
        if step.position is None or len(whole.faults) >= chain.MOST_FAULTS:
            return whole
        position = step.position


@group.command("seal")
def seal() -> None:
    """Seal now what is settled; the program does so every minute by itself."""
    rows = operations.seal()
    db.session.remove()
    click.echo(f"{rows} entries sealed.")
