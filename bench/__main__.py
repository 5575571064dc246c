"""`make bench`: the program's pages beside two floors, in one run."""

import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import fill
from bench.server import Server, cpu_seconds, free_port, memory_mb, running

ROUNDS, REQUESTS = 3, 40
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Line:
    """One measured thing; cpu in milliseconds a request."""

    name: str
    cpu: float
    p50: float
    p95: float
    kb: float


def measure(name: str, server: Server, act: Callable[[http.client.HTTPConnection, int], bytes]) -> Line:
    """The median round of REQUESTS requests on one kept connection, after a warm-up."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    size = len(act(connection, 0))
    cpu, walls = [], []
    for _ in range(ROUNDS):
        before = cpu_seconds(server.pid)
        for number in range(REQUESTS):
            started = time.perf_counter()
            act(connection, number)
            walls.append((time.perf_counter() - started) * 1000)
        cpu.append((cpu_seconds(server.pid) - before) * 1000 / REQUESTS)
    walls.sort()
    connection.close()
    return Line(name, statistics.median(cpu), statistics.median(walls), walls[int(len(walls) * 0.95)], size / 1024)


def getter(server: Server, path: str, headers: dict[str, str] | None = None,
           ) -> Callable[[http.client.HTTPConnection, int], bytes]:
    """A plain GET that must answer 200."""

    def act(connection: http.client.HTTPConnection, _number: int) -> bytes:
        status, data, _answer = server.ask("GET", path, headers=headers, connection=connection)
        if status not in (200, 204):
            raise RuntimeError(f"{path} answered {status}")
        return data

    return act


def enter(server: Server, email: str, password: str) -> str:
    """Sign in as a person does; the CSRF token of the session."""
    _status, page, answer = server.ask("GET", "/login", headers={"Accept-Encoding": ""})
    server.keep_cookies(answer)
    token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    status, _data, answer = server.ask("POST", "/login", {
        "email": email, "password": password, "csrf_token": token[1].decode()})
    if status != 303:
        raise RuntimeError(f"sign-in answered {status}")
    server.keep_cookies(answer)
    _status, page, _answer = server.ask("GET", "/deals/board", headers={"Accept-Encoding": ""})
    found = re.search(rb'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found[1].decode()


def mover(server: Server, token: str, plan: fill.Plan) -> Callable[[http.client.HTTPConnection, int], bytes]:
    """Drag one deal to and fro between two stages."""
    state = {"to": 0}

    def act(connection: http.client.HTTPConnection, _number: int) -> bytes:
        state["to"] = 1 - state["to"]
        status, data, _answer = server.ask(
            "POST", f"/deals/{plan.deal}/move?pipeline={plan.pipeline}", {"stage_id": str(plan.stages[state["to"]])},
            {"HX-Request": "true", "X-CSRFToken": token}, connection)
        if status != 200:
            raise RuntimeError(f"move answered {status}: {data[:300]!r}")
        return data

    return act


def crm_lines(server: Server, plan: fill.Plan) -> list[Line]:
    """Every page that is measured."""
    token = enter(server, plan.email, plan.password)
    pages = {"desk": "/", "board, 2,000 open deals": f"/deals/board?pipeline={plan.pipeline}", "deals": "/deals",
             "contacts": "/contacts", "search in contacts": "/contacts?q=an", "card of a person": f"/contacts/{plan.contact}",
             "deal": f"/deals/{plan.deal}", "scoreboard of the month": "/scoreboard?period=month",
             "board poll, nothing new": f"/deals/board/changes?pipeline={plan.pipeline}&since={plan.since}"}
    lines = [measure(name, server, getter(server, path)) for name, path in pages.items()]
    lines.append(measure("move of a card", server, mover(server, token, plan)))
    return lines


def weight(server: Server, path: str) -> tuple[float, float]:
    """KB over the wire of the first visit (page, styles, scripts, icons, each once) and of the next one."""
    _status, plain, _answer = server.ask("GET", path, headers={"Accept-Encoding": ""})
    page = len(server.ask("GET", path)[1])
    names = set(re.findall(rb'(?:href|src)="(/assets/[^"#]+)', plain))
    parts = sum(len(server.ask("GET", name.decode())[1]) for name in names if not name.endswith(b".png"))
    return (page + parts) / 1024, page / 1024


def show(lines: list[Line], hello: float, page: float) -> None:
    """The table."""
    sys.stdout.write(f"\n{'':28}{'cpu ms':>9}{'× hello':>9}{'× page':>9}{'p50 ms':>9}{'p95 ms':>9}{'KB':>8}\n")
    for line in lines:
        sys.stdout.write(f"{line.name:28}{line.cpu:9.2f}{line.cpu / hello:9.1f}{line.cpu / page:9.2f}{line.p50:9.1f}"
                         f"{line.p95:9.1f}{line.kb:8.1f}\n")


def main() -> None:
    """Fill, start, measure, print, keep."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"DATA_DIR": folder, "DATABASE_URL": "", "LOG_LEVEL": "WARNING", "SECRET_KEY": "", "BASE_URL": ""}
        plan = fill.fill(env)
        floor_port, port = free_port(), free_port()
        floor = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "8", "--keep-alive", "5",
                 "--log-level", "error", "-b", f"127.0.0.1:{floor_port}", "bench.floors:app"]
        with (running(floor, floor_port, "/hello", {"FLOOR_DB": f"{folder}/floor.sqlite3"}) as floors,
              running([sys.executable, "app.py"], port, "/healthz", {**env, "PORT": str(port)}) as server):
            floors.keep_cookies(floors.ask("GET", "/enter")[2])
            lines = [measure("floor: hello", floors, getter(floors, "/hello")),
                     measure("floor: page", floors, getter(floors, "/page")), *crm_lines(server, plan)]
            memory = memory_mb(server.pid)
            first, after = weight(server, f"/deals/board?pipeline={plan.pipeline}")
        show(lines, lines[0].cpu, lines[1].cpu)
        sys.stdout.write(f"\nboard over the wire: first visit {first:.1f} KB, next {after:.1f} KB")
        sys.stdout.write(f"\nmemory of master and worker: {memory:.0f} MB (PSS)\n")
    results = ROOT / "bench" / "results"
    results.mkdir(exist_ok=True)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    (results / "last.json").write_text(json.dumps({
        "commit": commit.stdout.strip(), "memory_mb": memory, "board_kb": [first, after],
        "lines": [vars(line) for line in lines]}, indent=1))


if __name__ == "__main__":
    main()
