"""PostgreSQL restarted, killed, refused, frozen and cut off in the middle, under load."""

import time
from collections.abc import Callable
from pathlib import Path

from faults import books
from faults.company import EMAILS, company
from faults.people import Crowd
from faults.program import Program, until
from faults.proxy import FLOW, HANG, REFUSE, Proxy
from faults.row import Row

ENOUGH = 12  # acknowledged writes between two faults
SOON = 20.0  # seconds within which /healthz answers, whatever the database does


def run(folder: Path, rounds: int) -> list[Row]:
    """Every kind of outage `rounds` times, on one company; a row for each."""
    with company("postgres", folder) as made:
        assert made.server
        server = made.server
        with Proxy(server.port) as proxy:
            url = made.url.replace(f":{server.port}/", f":{proxy.port}/")
            kinds: list[tuple[str, Callable[[], None], Callable[[], None]]] = [
                ("PostgreSQL restarted", lambda: server.down("fast"), server.up),
                ("PostgreSQL killed with -9", server.kill, server.up),
                ("connections to PostgreSQL refused", lambda: _mode(proxy, REFUSE), lambda: _mode(proxy, FLOW)),
                ("connections cut in the middle", proxy.cut, lambda: None),
                ("PostgreSQL hangs", lambda: setattr(proxy, "mode", HANG), lambda: _mode(proxy, FLOW)),
            ]
            with Program(made.folder, url) as program, Crowd(program.port, EMAILS[:4], made.stages) as crowd:
                rows = []
                for name, harm, heal in kinds:
                    rows.append(row := Row(name, "postgres"))
                    start = len(crowd.ledger.entries)
                    for _ in range(rounds):
                        _outage(program, crowd, row, harm, heal)
                        row.add(books.check(made.app, crowd.ledger, away=True), "afterwards: ")
                    row.acknowledged = len(crowd.ledger.entries) - start
            rows[-1].add(books.check(made.app, crowd.ledger, quiet=True, away=True), "at the end: ")
            rows[-1].problems += crowd.ledger.refused
    return rows


def _mode(proxy: Proxy, mode: str) -> None:
    """A line that was broken for a while has lost what it carried: it is cut."""
    proxy.mode = mode
    proxy.cut()


def _outage(program: Program, crowd: Crowd, row: Row, harm: Callable[[], None], heal: Callable[[], None]) -> None:
    enough = len(crowd.ledger.entries) + ENOUGH
    until(lambda: len(crowd.ledger.entries) >= enough, "acknowledged writes before")
    harm()
    if row.fault != "connections cut in the middle":
        started = time.monotonic()
        until(lambda: program.health(SOON)[0] == 503, "a word of /healthz that the database is away", 2 * SOON)
        took = time.monotonic() - started
        row.note = f"/healthz said it within {took:.1f} s"
        if took > SOON:
            row.problems.append(f"/healthz needed {took:.0f} s to say that the database is away")
    heal()
    before = len(crowd.ledger.entries)
    row.back.append(until(lambda: len(crowd.ledger.entries) > before and program.health()[0] == 200, "work afterwards"))
    row.times += 1
