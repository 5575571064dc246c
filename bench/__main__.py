"""`make bench`: the program's pages beside two floors of the same minutes. SIZE=small|medium|large DB=sqlite|postgres|both."""

import datetime as dt
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench import fill, measure, postgres, report, rows
from bench.lines import Line, Person, crm_lines, sign_in
from bench.server import Server, family, free_port, memory_mb, running

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results"
STARTS = 3
FLOOR = ("-m", "gunicorn", "-k", "gthread", "--threads", "8", "--keep-alive", "5", "--log-level", "error")


def main() -> None:
    """Fill what is missing, then one run for each database."""
    size, which = os.environ.get("SIZE") or "medium", os.environ.get("DB") or "both"
    if size not in rows.SIZES or which not in ("sqlite", "postgres", "both"):
        sys.exit("SIZE is small, medium or large; DB is sqlite, postgres or both.")
    cache = Path(os.environ.get("BENCH_DIR") or RESULTS / "data").absolute()
    report.say(f"filling or finding the {size} company in {cache} ...")
    folder = fill.kept(cache, size)
    plan = fill.read_marks(folder)
    for database in ("sqlite", "postgres") if which == "both" else (which,):
        with ExitStack() as stack:
            data, url, floor_url = stack.enter_context(_place(cache, folder, size, database))
            result = run(size, database, data, url, floor_url, plan, cache if url else None)
        medium = report.last(RESULTS, "medium", database)
        if size == "large" and medium.exists():
            report.growth(result["lines"], json.loads(medium.read_text()))
        report.show(result)
        report.say(f"\nwritten to {report.keep(result, RESULTS)}")


@contextmanager
def _place(cache: Path, folder: Path, size: str, database: str) -> Iterator[tuple[Path, str, str]]:
    """A copy to work on: data folder, DATABASE_URL of the program and of the floors."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=cache, prefix="run-")))
        shutil.copytree(folder, data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(fill.FILE + "*", "server.lock"))
        if database == "sqlite":
            shutil.copyfile(folder / fill.FILE, data / fill.FILE)
            yield data, "", f"sqlite:///{data}/floor.sqlite3"
            return
        server = stack.enter_context(postgres.running(cache))
        url = stack.enter_context(postgres.copy_of(server, postgres.kept(server, size, folder)))
        yield data, postgres.plain(url), url


def run(size: str, database: str, data: Path, url: str, floor_url: str, plan: dict[str, Any],
        cache: Path | None) -> dict[str, Any]:
    """Everything that is measured on one database."""
    settings = {**fill.environment(data, url), "PATH": str(Path(sys.executable).parent)}  # no LibreOffice beside the run
    lift_limits(url or f"sqlite:///{data / fill.FILE}")
    starts = [start(settings) for _ in range(STARTS)]
    floor_port, port = free_port(), free_port()
    floor = [sys.executable, *FLOOR, "-b", f"127.0.0.1:{floor_port}", "bench.floors:app"]
    with (running(floor, floor_port, "/hello", {"FLOOR_DB": floor_url}) as floors,
          running([sys.executable, "app.py"], port, "/healthz", {**settings, "PORT": str(port)}) as server):
        floors.keep_cookies(floors.ask("GET", "/enter")[2])
        owner, manager = (sign_in(port, server.pid, f"{who}@zamer.example") for who in ("owner", "manager1"))
        bare = Person(floors, "")
        hello, page = (Line(f"floor: {name}", "other", [[bare.get(f"/{name}")]]) for name in ("hello", "page"))
        lines = crm_lines(owner, manager, plan)
        found = measure.rounds(floors, hello, page, server, lines)
        memory = memory_mb(server.pid)
        first, after = weight(owner.server, f"/deals/board?pipeline={plan['pipeline']}")
        syncs = {line.name: count_syncs(server, line, cache) for line in lines if line.kind == "write"}
        asked = {line.name: line.take(1)[0] for line in lines}
    statements = count_statements(data, url, asked)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {"size": size, "database": database, "at": dt.datetime.now().strftime("%Y-%m-%d %H:%M"),
            "commit": commit.stdout.strip(), "lines": [figures.row(statements) for figures in found],
            "memory_mb": memory, "start_s": statistics.median(starts), "first_kb": first, "next_kb": after, "syncs": syncs}


def lift_limits(url: str) -> None:
    """A manager who is measured is shown more rows in a run than people in a day; limits bind everybody but the owner."""
    organization = sa.table("organization", sa.column("guard", sa.JSON))
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.update(organization).values(guard={"lists": 10**9}))


def start(settings: dict[str, str]) -> float:
    """Processor seconds from nothing to the first answered page, on a migrated database."""
    port = free_port()
    with running([sys.executable, "app.py"], port, "/login", {**settings, "PORT": str(port)}) as server:
        return server.started_cpu


def weight(server: Server, path: str) -> tuple[float, float]:
    """KB over the wire of the first visit (page, styles, scripts, icons, each once) and of the next one."""
    _status, plain, _answer = server.ask("GET", path, headers={"Accept-Encoding": ""})
    page = len(server.ask("GET", path)[1])
    names = set(re.findall(rb'(?:href|src)="(/assets/[^"#]+)', plain))
    parts = sum(len(server.ask("GET", name.decode())[1]) for name in names if not name.endswith(b".png"))
    return (page + parts) / 1024, page / 1024


def count_syncs(server: Server, line: Line, cache: Path | None, count: int = 20) -> float | None:
    """Syncs of the log for one request: of the program on SQLite, of the server's processes on PostgreSQL."""
    pids = postgres.backends(cache) if cache else family(server.pid)
    return measure.file_syncs(server, pids, line, count)


def count_statements(data: Path, url: str, asked: dict[str, Any]) -> dict[str, float]:
    """Statements of each line, by the process of bench/count.py."""
    task = {"folder": str(data), "url": url, "lines": asked}
    done = subprocess.run([sys.executable, "-m", "bench.count"], input=json.dumps(task), capture_output=True, text=True,
                          check=True, cwd=ROOT)
    sys.stderr.write(done.stderr)
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
