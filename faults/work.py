"""Work that is broken off: an import and a letter whose process is killed half-way, an upload whose line is cut, one that stalls."""

import json
import re
import socket
import socketserver
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from crm.clients.models import Contact
from crm.core import files
from crm.core.db import db, reading
from crm.core.jobs import Job
from crm.imports.models import Import
from crm.mail.models import Letter
from faults import books
from faults.browser import Browser, forms
from faults.company import EMAILS, Company, company
from faults.people import PASSWORD, Crowd, Ledger
from faults.postgres import Cluster
from faults.program import Program, until
from faults.row import Row

ROWS = 1200
THREADS = 8  # requests that one process answers at the same time
BOUND = "----faults"


def ask(made: Company, query: Callable[[], object]) -> object:
    """A look into the database."""
    with made.app.app_context(), reading():
        return query()


def multipart(fields: dict[str, str], name: str, data: bytes) -> bytes:
    """A form with a file as a browser sends it."""
    parts = [f'--{BOUND}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
    head = f'--{BOUND}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'.encode()
    return b"".join([*parts, head, data, f"\r\n--{BOUND}--\r\n".encode()])


HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUND}"}


def entered(program: Program) -> Browser:
    """The owner's browser."""
    browser = Browser(program.port)
    browser.sign_in(EMAILS[0], PASSWORD)
    return browser


def killed_import(kind: str, folder: Path, rounds: int, server: Cluster | None = None, rows: int = ROWS) -> Row:
    """kill -9 while a file of people is taken; it is taken to its end, each row once."""
    row = Row("import killed half-way", kind)
    with company(kind, folder, server) as made, Program(made.folder, made.url) as program:
        for turn in range(rounds):
            browser, ledger = entered(program), Ledger()
            people = "\n".join(f"Row{turn} Person{number};+7901{turn:03}{number:04}" for number in range(rows))
            page = browser.form("/imports/", "csrf_token", "what")
            body = multipart({**page.fields, "what": "contacts"}, "people.csv", ("full name;phone\n" + people).encode())
            place = browser.ask("POST", page.action, body=body, headers=HEADERS).location
            if not place:
                raise LookupError("the file was not taken")
            sheet = next(form for form in forms(browser.ask("GET", place).text) if "column-0" in form.fields)
            browser.ask("POST", place, {**sheet.fields, "column-0": "full_name", "column-1": "phone"})
            browser.close()
            number = int(place.rsplit("/", 1)[1])
            until(lambda n=number: ask(made, lambda: db.session.get_one(Import, n).done_rows) or 0, "the first rows")
            program.kill_worker()
            row.back.append(program.wait())
            if kind == "postgres":  # here another machine might do it: what is claimed stays so for a lease, which we let pass
                _lease_passes(made)
            until(lambda n=number: ask(made, lambda: db.session.get_one(Import, n).status) == "done", "the end of the import")
            names = Counter(ask(made, lambda t=turn: db.session.scalars(  # type: ignore[arg-type]
                sa.select(Contact.surname + Contact.given_name).where(sa.or_(
                    Contact.surname == f"Row{t}", Contact.given_name == f"Row{t}"))).all()))
            if len(names) != rows or set(names.values()) != {1}:
                row.problems.append(f"{len(names)} of {rows} rows are there, {sum(names.values()) - len(names)} twice")
            row.times += 1
            row.acknowledged += rows
            row.add(books.check(made.app, ledger, quiet=True))
    return row


def _lease_passes(made: Company) -> None:
    with made.app.app_context():
        db.session.execute(sa.update(Job).where(Job.attempts > 0).values(run_at=sa.func.now() - sa.text("interval '1 day'")))
        db.session.commit()


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server that takes a letter, and once kills the program before it says so."""

    letters: list[str] = []
    before_thanks: Callable[[], object] | None = None
    struck: str = ""  # the subject at which it does; the program writes letters of its own as well

    def handle(self) -> None:
        """One conversation."""
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].split()[0].upper()
            if verb == "DATA":
                self.wfile.write(b"354 go\r\n")
                lines = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                type(self).letters.append("\n".join(lines))
                strike = type(self).before_thanks
                if strike and f"Subject: {self.struck}" in lines:
                    type(self).before_thanks = None
                    strike()
                    return
            self.wfile.write(b"221 bye\r\n" if verb == "QUIT" else b"250 fine\r\n")
            if verb == "QUIT":
                return


@contextmanager
def mailbox() -> Iterator[str]:
    """Its address."""
    Mailbox.letters = []
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def killed_letter(kind: str, folder: Path, rounds: int, server: Cluster | None = None) -> Row:
    """kill -9 between the mail server's taking a letter and our noting it: sent again under the same Message-ID, noted once."""
    row = Row("letter killed half-way", kind)
    with mailbox() as address, company(kind, folder, server) as made, Program(made.folder, made.url, SMTP_URL=address) as program:
        for turn in range(rounds):
            browser = entered(program)
            deals = re.findall(r'href="/deals/(\d+)"', browser.ask("GET", "/deals").text)
            form = browser.form(f"/deals/{deals[0]}/letter", "to", "subject", "body")
            Mailbox.letters, Mailbox.struck, Mailbox.before_thanks = [], f"Letter {turn}", program.kill_worker
            browser.ask("POST", form.action, {**form.fields, "to": "client@example.com", "subject": f"Letter {turn}", "body": "Hello"})
            browser.close()
            until(lambda: Mailbox.letters and Mailbox.before_thanks is None, "the letter at the mail server")
            row.back.append(program.wait())
            if kind == "postgres":
                _lease_passes(made)
            until(lambda: not ask(made, lambda: db.session.scalar(sa.select(sa.func.count()).select_from(Letter).where(
                Letter.status != "sent"))), "the note that it is sent")
            sent = [letter for letter in Mailbox.letters if f"Subject: Letter {turn}\n" in letter]
            ids = {re.search(r"(?m)^Message-ID: (\S+)", letter)[1] for letter in sent}  # type: ignore[index]
            if len(ids) != 1 or len(sent) != 2:
                row.problems.append(f"{len(sent)} letters under {len(ids)} Message-IDs")
            row.times += 1
            row.acknowledged += 1
        row.add(books.check(made.app, Ledger(), quiet=True))
    return row


def cut_uploads(kind: str, folder: Path, rounds: int, stalls: int = THREADS) -> list[Row]:
    """The line is cut in the middle of a file; then `stalls` lines at once say nothing more, while others work."""
    cut, stalled = Row("upload cut in the middle", kind), Row("uploads that stall", kind)
    with (tempfile.TemporaryDirectory() as drafts, company(kind, folder) as made,
          Program(made.folder, made.url, TMPDIR=drafts) as program):
        browser = entered(program)
        page = browser.form("/imports/", "csrf_token", "what")
        body = multipart(page.fields, "big.csv", b"full name\n" + b"somebody\n" * 400_000)
        kept = _kept(made)
        with Crowd(program.port, EMAILS[1:4], made.stages, files=False) as crowd:
            for _ in range(rounds):
                line = _send(program, browser, page.action, body, len(body) // 2)
                line.close()
                cut.times += 1
            lines = [_send(program, browser, page.action, body, len(body) // 2) for _ in range(stalls)]
            before = len(crowd.ledger.entries)
            stalled.back.append(until(lambda: len(crowd.ledger.entries) > before + 10, "work beside stalled uploads"))
            stalled.times = len(lines)
            for line in lines:
                line.close()
            until(lambda: program.health()[0] == 200, "health afterwards")
        cut.acknowledged = stalled.acknowledged = len(crowd.ledger.entries)
        until(lambda: not list(Path(drafts).iterdir()), "the end of the drafts in the folder of temporary files", 10)
        if _kept(made) != kept:
            cut.problems.append("something of the upload was kept")
        cut.add(books.check(made.app, crowd.ledger, quiet=True))
        stalled.problems += crowd.ledger.refused
    return [cut, stalled]


def _send(program: Program, browser: Browser, path: str, body: bytes, length: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", program.port))
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    line.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nContent-Type: {HEADERS['Content-Type']}\r\n"
                 f"Content-Length: {len(body)}\r\n\r\n".encode())
    line.sendall(body[:length])
    return line


def _kept(made: Company) -> str:
    """Imports and the files that are kept, but for what documents bring."""
    with made.app.app_context(), reading():
        rows = db.session.scalar(sa.select(sa.func.count()).select_from(Import))
        return json.dumps([rows, sorted(path.name for path in files.folder().rglob("*") if path.is_file())])
