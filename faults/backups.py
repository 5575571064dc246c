"""A backup whose place is full: it says so, keeps the old ones, leaves no half file, and the next one succeeds."""

import hashlib
from pathlib import Path
from subprocess import CompletedProcess

from faults import books
from faults.company import EMAILS, Company, company
from faults.disks import CannotMountError, fill, small_disk
from faults.people import Crowd
from faults.program import Program, command, until
from faults.row import Row


def run(kind: str, folder: Path, rounds: int) -> Row:
    """On a small disk of memory that is full to the last byte, then has room again."""
    row = Row("backup to a full disk", kind)
    try:
        with small_disk(folder.parent / "backups", 24) as place, company(kind, folder) as made:
            with Program(made.folder, made.url) as program, Crowd(program.port, EMAILS[:2], made.stages) as crowd:
                until(lambda: len(crowd.ledger.entries) > 20, "some work")
                for _ in range(rounds):
                    _full(made, place, row)
            row.add(books.check(made.app, crowd.ledger, quiet=True), "at the end: ")
            row.problems += crowd.ledger.refused
    except CannotMountError as error:
        row.skipped = str(error)
    return row


def kept(place: Path) -> dict[str, str]:
    """What lies there, by digest."""
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in place.rglob("*") if path.is_file() and path.name != "ballast"}


def _backup(made: Company, place: Path) -> CompletedProcess[str]:
    """By the command. A program without any backup makes one by itself; then this one comes after it, as its sentence says."""
    for _turn in range(30):
        done = command(made.folder, made.url, "backup", env={"BACKUP_TO": str(place)})
        if "Another backup is being made" not in done.stderr:
            break
    return done


def _full(made: Company, place: Path, row: Row) -> None:
    first = _backup(made, place)
    before = kept(place)
    if first.returncode or not before:
        row.problems.append(f"with room: {first.stdout[-300:]} {first.stderr[-500:]}")
    room = fill(place)
    failed = _backup(made, place)
    if not failed.returncode or "no room left" not in failed.stderr or "Traceback" in failed.stderr:
        row.problems.append(f"on a full disk: {failed.returncode} {failed.stdout[-300:]} {failed.stderr[-500:]}")
    left = kept(place)
    row.lost += sum(left.get(name) != digest for name, digest in before.items())
    if left != before:
        row.half += len(left.keys() - before.keys())
        row.problems.append(f"the full disk holds {sorted(left.keys() ^ before.keys())} otherwise than before")
    room.unlink()
    again = _backup(made, place)
    if again.returncode:
        row.problems.append(f"with room again: {again.stderr[-500:]}")
    row.times += 1
    row.acknowledged += 2
