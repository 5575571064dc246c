"""Several processes on PostgreSQL: jobs done once, news and settings across them, sign-in limits shared."""

import re
import socket
from collections import Counter
from pathlib import Path

from crm.accounts.models import User
from crm.accounts.operations import TRIES
from crm.core.db import db
from crm.mail import operations as mail
from faults import books
from faults.browser import Browser, changes
from faults.company import EMAILS, Company, company
from faults.people import PASSWORD, Crowd, Ledger
from faults.program import Program, command, until
from faults.row import Row
from faults.work import Mailbox, mailbox

WORKERS, LETTERS = 3, 120
TOKEN = "a token of the test"  # nobody's but this test's
TOO_MANY = "Too many attempts"


def serving(program: Program, line: socket.socket) -> int:
    """The worker that holds the other end of a connection, from /proc; 0 when none has taken it yet."""
    port = f":{line.getsockname()[1]:04X}"
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = row.split()
        if fields[2].endswith(port) and fields[1].endswith(f":{program.port:04X}"):
            for pid in program.workers():
                for handle in Path(f"/proc/{pid}/fd").iterdir():
                    try:
                        if str(handle.readlink()) == f"socket:[{fields[9]}]":
                            return pid
                    except OSError:
                        continue
    return 0


def in_two_processes(program: Program) -> tuple[Browser, Browser]:
    """Two browsers of the owner whose kept connections end in different workers."""
    first = Browser(program.port)
    first.sign_in(EMAILS[0], PASSWORD)
    mine = _worker(program, first)
    for _ in range(200):
        other = Browser(program.port)
        other.cookies = dict(first.cookies)
        other.ask("GET", "/healthz")
        if _worker(program, other) not in (0, mine):
            return first, other
    raise LookupError("all connections end in one worker")


def _worker(program: Program, browser: Browser) -> int:
    if browser.line is None or browser.line.sock is None:
        browser.ask("GET", "/healthz")
    assert browser.line
    return serving(program, browser.line.sock)


def run(folder: Path, letters: int = LETTERS) -> list[Row]:
    """All of it on one company."""
    jobs, news = Row(f"jobs by {WORKERS} processes", "postgres"), Row("news, settings and limits across processes", "postgres")
    with mailbox() as address, company("postgres", folder) as made:
        with Program(made.folder, made.url, WORKERS=str(WORKERS), SMTP_URL=address, METRICS_TOKEN=TOKEN) as program:
            until(lambda: len(program.workers()) == WORKERS, "all workers")
            with Crowd(program.port, EMAILS[1:4], made.stages) as crowd:
                _letters(made, jobs, letters)
                _news(made, program, news)
                until(lambda: len(crowd.ledger.entries) > 30, "acknowledged writes")
            news.acknowledged = len(crowd.ledger.entries)
            _limits(program, news)
            _metrics(made, program, news)
        news.add(books.check(made.app, crowd.ledger, quiet=True))
        news.problems += crowd.ledger.refused
        jobs.add(books.check(made.app, Ledger(), quiet=True))
    return [jobs, news]


def _letters(made: Company, row: Row, letters: int) -> None:
    with made.app.app_context():
        actor = db.session.query(User).order_by(User.id).first()
        for number in range(letters):
            mail.write_letter(to="client@example.com", subject=f"Letter {number}", body="Hello", actor=actor)
        db.session.commit()
    row.back.append(until(lambda: len(Mailbox.letters) >= letters, "all letters"))
    told = Counter(found for letter in list(Mailbox.letters) for found in re.findall(r"(?m)^Subject: (.*)$", letter))
    row.times = row.acknowledged = len(told)
    row.problems += [f"{subject} went out {count} times" for subject, count in told.items() if count != 1]


def _news(made: Company, program: Program, row: Row) -> None:
    """A move in one process is told by another to a board that asks there; so is a changed setting."""
    here, there = in_two_processes(program)
    form = here.form("/deals/new", "title", "once")  # a deal of its own: the crowd keeps books of theirs
    deal = int(here.ask("POST", form.action, {**form.fields, "title": "News", "client": "", "amount": "1"}).location.rsplit("/", 1)[1])
    token = here.form(f"/deals/{deal}/move", "csrf_token").fields["csrf_token"]
    for turn in range(6):
        poll = changes(there.ask("GET", "/deals/board").text)
        here.ask("POST", f"/deals/{deal}/move", {"csrf_token": token, "stage_id": str(made.stages[turn % 2 + 1])})
        told = there.ask("GET", poll, headers={"HX-Request": "true"})
        if told.status != 200 or f"/deals/{deal}" not in told.text:
            row.problems.append(f"move {turn} was not told by the other process: {told.status}")
        row.times += 1
    form = here.form("/settings/", "name", "csrf_token")
    here.ask("POST", form.action, {**form.fields, "name": "Renamed Ltd"})
    if there.form("/settings/", "name").fields["name"] != "Renamed Ltd":
        row.problems.append("a setting of one process is not seen by another")


def _limits(program: Program, row: Row) -> None:
    """Tries that are refused in one process are refused in another."""
    here, there = in_two_processes(program)
    for browser in (here, there):
        browser.cookies.clear()
    allowed = sum(TOO_MANY not in _guess(here if turn % 2 else there) for turn in range(20))
    if allowed != TRIES:
        row.problems.append(f"{allowed} wrong passwords were checked by two processes together, not {TRIES}")


def _guess(browser: Browser) -> str:
    form = browser.form("/login", "email", "password")
    return browser.ask("POST", form.action, {**form.fields, "email": EMAILS[4], "password": "wrong"}).text


def _metrics(made: Company, program: Program, row: Row) -> None:
    """Every process tells the sum of all of them, also after a command beside the server."""
    here, _there = in_two_processes(program)
    token = {"Authorization": f"Bearer {TOKEN}"}
    for _ in range(10):
        here.ask("GET", "/deals")
    command(made.folder, made.url, "user", "--help", env={"METRICS_TOKEN": TOKEN, "WORKERS": str(WORKERS)})
    here, there = in_two_processes(program)
    told = [_asked(browser.ask("GET", "/metrics", headers=token).text) for browser in (here, there)]
    if min(told) < 10 or told[0] != told[1]:
        row.problems.append(f"of requests for the list of deals one process tells {told[0]}, another {told[1]}")


def _asked(text: str) -> float:
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith("voronka_request_seconds_count") and 'rule="/deals"' in line)
