"""From the tap to a made quote: the request of the running program against a page and the engine's own time for the same paper."""

import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import fill, measure
from bench.documents.row import Row
from bench.documents.speed import clocked
from bench.lines import Line, Person, making, sign_in
from bench.server import free_port, running

MOST = 3.0
FLOOR = ("-m", "gunicorn", "-k", "gthread", "--threads", "8", "--keep-alive", "5", "--log-level", "error")


def run() -> list[Row]:
    """The small company of `make bench`, SQLite, gunicorn."""
    from bench.__main__ import lift_limits

    cache = (fill.HERE / "results" / "data").absolute()
    folder = fill.kept(cache, "small")
    plan = fill.read_marks(folder)
    with tempfile.TemporaryDirectory(dir=cache, prefix="run-") as place:
        shutil.copytree(folder, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("server.lock"))
        lift_limits(f"sqlite:///{place}/{fill.FILE}")
        settings = {**fill.environment(Path(place)), "PATH": str(Path(sys.executable).parent)}  # no LibreOffice beside the run
        figures, made = _served(settings, plan, f"sqlite:///{place}/floor.sqlite3")
    engine = own_time(made)
    page, floor, cost = figures["page of a deal"], figures["floor: page"], figures["making a quote"]
    note = f"{cost:.2f} ms; the engine {engine:.2f} ms, the deal's page {page:.2f} ms"
    return [Row("from the tap to a made quote ÷ (the engine + its deal's page)", cost / (engine + page), most=MOST, unit="x", note=note),
            Row("the same ÷ (the engine + the bare page of a framework)", cost / (engine + floor), unit="x",
                note=f"no target; the bare page of bench/floors.py {floor:.2f} ms")]


def _served(settings: dict[str, str], plan: dict[str, Any], floor_url: str) -> tuple[dict[str, float], bytes]:
    """Milliseconds of processor time of each line, and one of the quotes."""
    floor_port, port = free_port(), free_port()
    floor = [sys.executable, *FLOOR, "-b", f"127.0.0.1:{floor_port}", "bench.floors:app"]
    with (running(floor, floor_port, "/hello", {"FLOOR_DB": floor_url}) as floors,
          running([sys.executable, "app.py"], port, "/healthz", {**settings, "PORT": str(port)}) as server):
        floors.keep_cookies(floors.ask("GET", "/enter")[2])
        owner = sign_in(port, server.pid, "owner@zamer.example")
        bare = Person(floors, "")
        hello, page = (Line(f"floor: {name}", "other", [[bare.get(f"/{name}")]]) for name in ("hello", "page"))
        deal = plan["deals"][0]
        lines = [Line("page of a deal", "page", [[owner.get(f"/deals/{deal}")]]),
                 Line("making a quote", "other", list(making(owner, plan)))]
        found = measure.rounds(floors, hello, page, server, lines)
        if wrong := [figures.line.name for figures in found for sample in figures.one if sample.errors]:
            raise RuntimeError(f"answers that were not expected: {wrong}")
        _status, listed, _answer = owner.server.ask("GET", "/documents", headers={"Accept-Encoding": ""})
        number = re.search(rb'href="/documents/(\d+)"', listed)
        assert number
        made = owner.server.ask("GET", f"/documents/{number[1].decode()}/word")[1]
    return {figures.line.name: statistics.median(sample.cpu for sample in figures.one) for figures in found}, made


def own_time(made: bytes) -> float:
    """The engine's time for a quote as the program ships it, with the catalogue's own examples in six rows."""
    from crm.documents.catalogue import complete, example_context
    from crm.documents.engine import CompiledTemplate
    from crm.documents.shipped import shipped

    found = shipped("quote", "ru")
    assert found
    data = example_context("ru")
    data = complete({**data, "items": data["items"] * 6})
    template = CompiledTemplate(found.data)
    if abs(len(template.render(data)) - len(made)) > len(made) / 2:
        raise RuntimeError("the quote that is timed is not like the one that was made")
    template.render(data)
    return statistics.median(clocked(lambda: template.render(data), 20) for _ in range(15))
