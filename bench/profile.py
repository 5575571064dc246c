"""Where a page's time goes: `python -m bench.profile [part of a page's name]`, in this process, on a kept company.

Without a name: CPU time, statements and bytes of each page beside the two floors. With one: the functions that cost most.
The figures are smaller than those of `make bench`, which has gunicorn, sockets and a master in them; compare within a run.
"""

import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from bench import fill

ROUNDS, SECONDS = 5, 0.4
LISTS = ("/contacts", "/companies", "/deals", "/documents", "/tasks", "/products", "/search?q=Соколов&page=1", "/search?q=p77%40&page=1",
         "/", "/deals/board", "/scoreboard?period=month", "/account/")
Ask = Callable[[], Any]


def main() -> None:
    """Measure all pages, or profile those whose address holds the word."""
    cache = Path(os.environ.get("BENCH_DIR", "bench/results/data"))
    app = fill.make_app(Path(os.environ.get("PROFILE_DIR") or fill.kept(cache, os.environ.get("SIZE", "small"))))
    counted: list[str] = []
    asks = {path: asking(app, path) for path in addresses(app, counted)}
    if len(sys.argv) > 1:
        for path, ask in asks.items():
            if sys.argv[1] in path:
                profile(path, ask)
        return
    floors = floor()
    spent: dict[str, list[float]] = {name: [] for name in (*floors, *asks)}
    for _round in range(ROUNDS):
        for name, ask in (*floors.items(), *asks.items()):
            spent[name].append(cost(ask))
    hello, page = median(spent["hello"]), median(spent["floor page"])
    print(f"{'':40}{'cpu ms':>8}{'x hello':>9}{'x page':>8}{'SQL':>5}{'bytes':>8}")
    for name, ask in (*floors.items(), *asks.items()):
        counted.clear()
        size = len(ask().data)
        own = median(spent[name])
        print(f"{name:40}{own * 1000:8.2f}{own / hello:9.1f}{own / page:8.2f}{len(counted):5}{size:8}")


def cost(ask: Ask) -> float:
    """CPU seconds of one request."""
    asked, begin = 0, time.process_time()
    while (now := time.process_time()) - begin < SECONDS:
        ask()
        asked += 1
    return (now - begin) / asked


def profile(path: str, ask: Ask) -> None:
    """Print what costs most, itself and with all that it calls."""
    for _warm in range(20):
        ask()
    watch = cProfile.Profile()
    watch.enable()
    for _turn in range(200):
        ask()
    watch.disable()
    print(f"== {path}, 200 times")
    for order in ("tottime", "cumulative"):
        pstats.Stats(watch).sort_stats(order).print_stats(45)


def asking(app: Any, path: str, person: int = 1) -> Ask:
    """A request by the owner, as a WSGI server hands it over."""
    client = app.test_client()
    if person:
        from crm.accounts import sessions
        from crm.accounts.models import User
        from crm.core.db import db

        with app.app_context(), client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = sessions.begin(db.session.get_one(User, person), by="password"), True
            db.session.commit()
    else:
        client.get("/enter")

    def ask() -> Any:
        answer = client.get(path, headers={"Accept-Encoding": "gzip", "Accept-Language": "ru"})
        if answer.status_code != 200:
            sys.exit(f"{path} answered {answer.status_code} {answer.headers.get('Location', '')}")
        return answer

    return ask


def addresses(app: Any, counted: list[str]) -> list[str]:
    """The lists and one card of each kind; every statement is added to `counted`."""
    from crm.clients.models import Company, Contact
    from crm.core.db import db
    from crm.deals.models import OPEN, Deal

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: counted.append(statement)
                        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")) else None)
        cards = [f"/{name}/{db.session.scalar(sa.select(sa.func.min(model.id)).where(where))}" for name, model, where in (
            ("contacts", Contact, Contact.deleted_at.is_(None)), ("companies", Company, Company.deleted_at.is_(None)),
            ("deals", Deal, Deal.status == OPEN))]
    return [*LISTS, *cards]


def floor() -> dict[str, Ask]:
    """The two floors in this process."""
    os.environ["FLOOR_DB"] = f"sqlite:///{tempfile.mkdtemp()}/floor.sqlite3"
    from bench.floors import app

    return {"hello": asking(app, "/hello", 0), "floor page": asking(app, "/page", 0)}


if __name__ == "__main__":
    main()
