"""kill -9 of a worker and of the master at random moments under load."""

import random
import time
from pathlib import Path

from faults import books
from faults.company import EMAILS, Company, company
from faults.people import Crowd
from faults.program import Program, runs, until
from faults.row import Row


def kill(made: Company, times: int, *, workers: int = 1, seed: int = 1, masters: float = 0.25, people: int = 4,
         check_every: int = 1) -> Row:
    """Kill `times` times; a share of `masters` hits the master. The books are checked after each `check_every` kills, and at the end
    when everybody has gone home."""
    what = "worker and master" if 0 < masters < 1 else "worker" if masters == 0 else "master"
    row = Row(f"kill -9 of the {what}{f', {workers} processes' if workers > 1 else ''}", made.kind)
    dice, seen = random.Random(seed), set[str]()
    with Program(made.folder, made.url, WORKERS=str(workers)) as program:
        with Crowd(program.port, (EMAILS * 2)[:people], made.stages, seed=seed) as crowd:
            for turn in range(times):
                _work(crowd, dice)
                if dice.random() < masters:
                    _master(program, row)
                else:
                    program.kill_worker(dice.randrange(workers))
                    row.back.append(program.wait())
                row.times += 1
                if (turn + 1) % check_every == 0:
                    row.add(books.check(made.app, crowd.ledger, seen=seen), f"after kill {turn + 1}: ")
        row.add(books.check(made.app, crowd.ledger, seen=set(), quiet=True), "at the end: ")
        ledger = crowd.ledger
    row.acknowledged = len(ledger.entries)
    row.problems += ledger.refused[:20]
    row.note = f"{ledger.unanswered} requests without an answer, sent again"
    return row


def _work(crowd: Crowd, dice: random.Random) -> None:
    """Let people get something done, then stop at a random moment of whatever they are in the middle of."""
    goal = len(crowd.ledger.entries) + dice.randint(2, 12)
    until(lambda: len(crowd.ledger.entries) >= goal, "an acknowledged write")
    time.sleep(dice.uniform(0, 0.05))


def _master(program: Program, row: Row) -> None:
    """The master dies; the unit starts another; nobody of before may still be at work when it answers."""
    before = program.starts
    started = time.monotonic()
    orphans = program.kill_master()
    until(lambda: program.health()[0] == 200 and program.workers() and not set(program.workers()) & set(orphans),
          "the new server's answer")
    row.back.append(time.monotonic() - started)
    left = [pid for pid in orphans if runs(pid)]
    if left:
        row.problems.append(f"orphans {left} work beside the new server")
    if program.starts > before + 1:
        row.problems.append(f"it took {program.starts - before} starts")


def run(kind: str, folder: Path, times: int, seed: int = 1) -> Row:
    """On a fresh database of `kind`."""
    with company(kind, folder) as made:
        return kill(made, times, seed=seed)


def processes(folder: Path, times: int) -> Row:
    """Three processes on PostgreSQL, one of which dies again and again, and at times the master."""
    with company("postgres", folder) as made:
        return kill(made, times, workers=3)
