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

    "link 7: changed" is what the fact 7 is about. An entry dated earlier than the one before is named and no fault.
    """
    faults, remarks, rows, seals = _walk()
    for fault in faults:
        click.echo(f"{fault.source} {fault.id}: {fault.what}")
    for remark in remarks:
        click.echo(f"{remark.source} {remark.id}: dated earlier than the one before by {dt.timedelta(seconds=remark.seconds)}"
                   " (the clock was set back, or it was written in later)")
    found = chain.find_code(code) if code else None
    if code:
        click.echo(f"The code is seal {found.number} of {found.at:%Y-%m-%d %H:%M} UTC: up to there nothing was exchanged."
                   if found else "No seal has this code: the chain is not the one from which it was written down.")
    last = chain.last_seal()
    click.echo(f"{rows} entries in {seals} seals. " + ("The chain holds." if not faults else f"{len(faults)} faults.")
               + (f" The last code is {chain.code(last.digest)}." if last else ""))
    if faults or (code and found is None):
        raise SystemExit(1)


def _walk() -> tuple[list[chain.Fault], list[chain.Fault], int, int]:
    faults: list[chain.Fault] = []
    remarks: list[chain.Fault] = []
    rows = seals = 0
    position: int | None = None
    while True:
        with reading():
            step = chain.walk(position, STEP)
        faults, remarks, rows, seals = faults + step.faults, remarks + step.remarks, rows + step.rows, seals + step.seals
        if step.position is None or len(faults) >= chain.MOST_FAULTS:
            return faults, remarks, rows, seals
        position = step.position


@group.command("seal")
def seal() -> None:
    """Seal now what is settled; the program does so every minute by itself."""
    rows = operations.seal()
    db.session.remove()
    click.echo(f"{rows} entries sealed.")
