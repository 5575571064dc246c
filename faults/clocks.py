"""The clock is set while people work: the real program under libfaketime, whose clock jumps forward and back in mid-run.

Only the program's clock jumps; a PostgreSQL beside it keeps its own, as on a machine of its own. Nothing of ours asks it for the time.
"""

import datetime as dt
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from crm.accounts.models import User, UserSession
from crm.backup.archive import ENDING
from crm.core import jobs
from crm.core.db import CLOCKS_DIFFER, db, utcnow
from crm.mail import operations as mail
from faults import books
from faults.backups import kept
from faults.browser import Browser, PageForm, changes
from faults.company import EMAILS, Company, company
from faults.people import PASSWORD, Crowd
from faults.phone import Phone
from faults.program import Program, command, until
from faults.row import Row
from faults.work import Mailbox, ask, entered, mailbox

DAY, HOUR, LONG = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(days=400)
JUMPS = (("forward by a day", DAY), ("back by a day", -DAY), ("back by an hour", -HOUR), ("forward by 400 days", LONG),
         ("back by 400 days", -LONG))
FEW = JUMPS[:2]
FOLDERS = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/lib64/faketime", "/usr/local/lib/faketime", "/opt/*/lib/faketime")
MISSING = "The program's clock cannot be set: libfaketime is not on this machine (Debian and Ubuntu: apt install faketime)."
SOON = 30.0  # seconds within which work after the requests goes on
SESSION = dt.timedelta(days=30)  # how long one that nobody uses lasts


def library() -> str:
    """What LD_PRELOAD must name, for a program of several threads; empty where it is not installed."""
    if tool := shutil.which("faketime"):
        told = subprocess.run([tool, "-m", "-f", "+0", "printenv", "LD_PRELOAD"], capture_output=True, text=True, check=False)
        if told.returncode == 0 and told.stdout.strip():
            return told.stdout.strip()
    found = [path for folder in FOLDERS for path in sorted(Path("/").glob(f"{folder[1:]}/libfaketimeMT.so.1"))]
    return str(found[0]) if found else ""


# libfaketime 0.9.10 spoils a sleep until a moment of a clock that it leaves alone, and time.sleep is one since Python 3.11
SLEEP = """import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


class Clock:
    """The clock of a program: right at first, then off by as much as it was set."""

    def __init__(self, place: Path, preload: str) -> None:
        place.mkdir(parents=True)
        self.file, self.off = place / "clock", dt.timedelta()
        (place / "sitecustomize.py").write_text(SLEEP)
        self.env = {"LD_PRELOAD": preload, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                    "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",  # no clock that is set changes those
                    "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # or threads that wait for each other turn in circles
                    "PYTHONPATH": str(place)}
        self.set(dt.timedelta())

    def set(self, by: dt.timedelta) -> None:
        """Set it forward or back, in the running program."""
        self.off += by
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{self.off.total_seconds():+.0f}\n")
        draft.replace(self.file)

    def now(self) -> dt.datetime:
        """What it shows."""
        return utcnow() + self.off


class Witness:
    """The owner, who has pages open while the clock is set, and looks what became of them."""

    def __init__(self, made: Company, program: Program, clock: Clock, row: Row) -> None:
        self.made, self.program, self.clock, self.row = made, program, clock, row
        self.browser = entered(program)
        form = self.browser.form("/deals/new", "title", "once")
        made_at = self.browser.ask("POST", form.action, {**form.fields, "title": "The witness's", "client": "", "amount": "1"}).location
        self.deal = int(made_at.rsplit("/", 1)[1])
        self.turn = 0
        self.open: PageForm
        self.poll = ""

    def look(self) -> None:
        """Open a form and the board, on a connection of its own: one that was silent for five seconds is closed."""
        self.browser.close()
        self.open = self.browser.form("/contacts/new", "surname", "once")
        self.poll = changes(self.browser.ask("GET", "/deals/board").text)

    def says(self, true: bool, problem: str) -> None:
        """A problem unless it is so."""
        if not true:
            self.row.problems.append(problem)

    def comes(self, true: Callable[[], object], left: Callable[[], object], problem: str) -> float:
        """A problem, with what is left to do, unless it becomes so soon; how many seconds that took."""
        try:
            return until(true, problem, SOON)
        except TimeoutError:
            self.says(False, f"{left()} {problem} within {SOON:.0f} s")
            return SOON

    def go_on(self, by: dt.timedelta) -> None:
        """What was open goes on; who was away for longer than a session lasts signs in anew."""
        self.browser.close()
        if by > SESSION:
            self.says(self.browser.ask("GET", "/deals").location.startswith("/login"), "a session lasts longer than the rule")
            self.browser.sign_in(EMAILS[0], PASSWORD)
            self.look()
        else:
            self.says(self.browser.ask("GET", "/deals").status == 200, "who was signed in is out")
        answer = self.browser.ask("POST", self.open.action, {**self.open.fields, "surname": f"Of the witness {self.turn}"})
        self.says(answer.status == 303, f"the form that was open is answered {answer.status}")
        self._news()

    def _news(self) -> None:
        """A move is told to a board that was drawn before the clock was set, and to one that is drawn now."""
        self.turn += 1
        token = self.browser.form(f"/deals/{self.deal}/move", "csrf_token").fields["csrf_token"]
        polls = [self.poll, changes(self.browser.ask("GET", "/deals/board").text)]
        self.browser.ask("POST", f"/deals/{self.deal}/move",
                         {"csrf_token": token, "stage_id": str(self.made.stages[self.turn % 2 + 1])})
        for poll in polls:
            told = self.browser.ask("GET", poll, headers={"HX-Request": "true"})
            self.says(told.status == 200 and f"/deals/{self.deal}" in told.text, f"a move is not told: {told.status}")

    def letters(self, before: dt.timedelta) -> float:
        """A letter that was put there by the clock of before, and one of now, go out; how many seconds that took."""
        old, new = f"Old {self.turn}", f"New {self.turn}"
        with self.made.app.app_context():
            actor = db.session.query(User).order_by(User.id).first()
            mail.write_letter(to="client@example.com", subject=old, body="Hello", actor=actor)
            db.session.flush()
            job = db.session.scalars(sa.select(jobs.Job).where(jobs.Job.kind == "mail.send").order_by(jobs.Job.id.desc()).limit(1)).one()
            job.run_at = utcnow() + before
            db.session.commit()
        form = self.browser.form(f"/deals/{self.deal}/letter", "to", "subject", "body")
        self.browser.ask("POST", form.action, {**form.fields, "to": "client@example.com", "subject": new, "body": "Hello"})

        def missing() -> list[str]:
            return [name for name in (old, new) if not any(f"Subject: {name}\n" in letter for letter in list(Mailbox.letters))]

        return self.comes(lambda: not missing(), missing, "did not go out")

    def stamps(self) -> None:
        """No job waits longer than it may, and no session has begun in the future: soon after the clock was set."""
        self.comes(lambda: not ask(self.made, self._late), lambda: ask(self.made, self._late), "of the clock of before")

    def _late(self) -> list[object]:
        now = self.clock.now() + CLOCKS_DIFFER + jobs.LEASE
        waits = [job.kind for job in db.session.scalars(sa.select(jobs.Job).where(jobs.Job.attempts < jobs.MAX_ATTEMPTS))
                 if job.run_at > now + (jobs.RECURRING.get(job.kind, dt.timedelta()) if not job.error else HOUR)]
        return [*waits, *db.session.scalars(sa.select(sa.literal("session of ") + User.email).join(UserSession).where(sa.or_(
            UserSession.created_at > now, UserSession.last_seen_at > now)))]


def _guess(program: Program) -> None:
    """Wrong passwords for one who works from the same office, until no more are taken."""
    browser = Browser(program.port)
    for _ in range(20):
        form = browser.form("/login", "email", "password")
        if "Too many" in browser.ask("POST", form.action, {**form.fields, "email": EMAILS[4], "password": "wrong"}).text:
            return
    raise LookupError("wrong passwords are taken without end")


def _backup(made: Company, clock: Clock, place: Path, known: list[str], row: Row) -> None:
    """A backup by the clock of now; the one made last is never thrown away."""
    for _ in range(20):  # one by schedule may be on its way: the clock says that it is due
        done = command(made.folder, made.url, "backup", env={"BACKUP_TO": str(place), **clock.env})
        if "Another backup" not in done.stderr:
            break
        time.sleep(1)
    archives = {name for name in kept(place) if name.endswith(ENDING)} if not done.returncode else set()
    if fresh := archives - set(known):
        known.extend(fresh)
    else:
        row.problems.append(f"no backup: {done.stdout[-300:]} {done.stderr[-500:]}")


def run(kind: str, folder: Path, jumps: tuple[tuple[str, dt.timedelta], ...] = JUMPS, *, backups: bool = True) -> list[Row]:
    """On a fresh database of `kind`."""
    if not library():
        return [Row("clock set while people work", kind, skipped=MISSING)]
    with company(kind, folder) as made:
        return lived_through(made, jumps, backups=backups)


def lived_through(made: Company, jumps: tuple[tuple[str, dt.timedelta], ...], *, backups: bool) -> list[Row]:
    """One company that lives through all the jumps; a row for each."""
    rows, saved, place = [], list[str](), made.folder.parent
    clock, phone, early = Clock(place / "clock", library()), Phone.turned_on(made, EMAILS[4]), Row("", made.kind)
    with mailbox() as address, Program(made.folder, made.url, SMTP_URL=address, **clock.env) as program:
        witness = Witness(made, program, clock, early)
        phone.first(program, witness.says)
        with Crowd(program.port, EMAILS[1:4], made.stages) as crowd:
            for name, by in jumps:
                rows.append(row := Row(f"clock {name}", made.kind, times=1))
                witness.row = row
                _jump(witness, crowd, phone, by)
                row.add(books.check(made.app, crowd.ledger), "afterwards: ")
                if backups:
                    _backup(made, clock, place / "archives", saved, row)
    rows[0].problems += early.problems
    rows[-1].add(books.check(made.app, crowd.ledger, quiet=True), "at the end: ")
    return rows


def _jump(witness: Witness, crowd: Crowd, phone: Phone, by: dt.timedelta) -> None:
    row, program, clock, ledger = witness.row, witness.program, witness.clock, crowd.ledger
    start, refused, before = len(ledger.entries), len(ledger.refused), clock.off
    until(lambda: len(ledger.entries) >= start + 10, "acknowledged writes before")
    witness.look()
    if by < dt.timedelta():
        _guess(program)
    clock.set(by)
    since = len(ledger.entries)
    row.back.append(until(lambda: len(ledger.entries) > since and program.health()[0] == 200, "work afterwards"))
    witness.go_on(by)
    took = witness.letters(before)
    witness.stamps()
    phone.after(program, clock.off, witness.says)
    until(lambda: len(ledger.entries) >= since + 10, "acknowledged writes afterwards")
    with ledger.lock:  # a page that was open for 400 days belongs to a session that is over
        row.problems += [one for one in ledger.refused[refused:] if by < SESSION or "answered 400" not in one]
    row.acknowledged = len(ledger.entries) - start
    row.note = f"letters of before and of now went out within {took:.1f} s"
