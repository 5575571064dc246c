"""A full disk and a read-only disk, on small disks of memory: what is said, what is kept, and how it goes on."""

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from faults import books
from faults.browser import Browser
from faults.company import EMAILS, Company, company
from faults.people import PASSWORD, Crowd
from faults.postgres import Cluster
from faults.program import Program, until
from faults.row import Row

SENTENCE = "disk is full or cannot be written"


class CannotMountError(RuntimeError):
    """This machine lets us make no small disks; the text says so in a plain sentence."""


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of memory at `place`."""
    place.mkdir(parents=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], capture_output=True, text=True,
                          check=False)
    if made.returncode:
        raise CannotMountError("No small disk can be mounted here, so full and read-only disks are not tested: it takes root "
                               f"and CAP_SYS_ADMIN ({made.stderr.strip()}).")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path) -> Path:
    """Leave not a single byte free."""
    ballast = place / "ballast"
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 65536)
    with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * 512)
    return ballast


def full(made: Company, program: Program, crowd: Crowd, row: Row, place: Path) -> None:
    """Fill the disk under load, look what people read, make room, and see that work goes on by itself."""
    until(lambda: len(crowd.ledger.entries) > row.acknowledged + 15, "acknowledged writes before")
    ballast = fill(place)
    reader = Reader(program)
    until(lambda: SENTENCE in reader.write(), "the sentence about the disk", 40)
    if (answer := reader.read()) != 200:
        row.problems.append(f"on a full disk reading answered {answer}")
    row.add(books.check(made.app, crowd.ledger), "while the disk is full: ")
    ballast.unlink()
    before = len(crowd.ledger.entries)
    row.back.append(until(lambda: len(crowd.ledger.entries) > before, "an acknowledged write afterwards"))
    row.times += 1
    row.acknowledged = len(crowd.ledger.entries)


def read_only(made: Company, program: Program, crowd: Crowd, row: Row, place: Path) -> None:
    """The disk is read-only when the program starts again: a sentence, and work as soon as it can be written."""
    until(lambda: len(crowd.ledger.entries) > row.acknowledged + 15, "acknowledged writes before")
    program.stop()
    until(lambda: subprocess.run(["mount", "-o", "remount,ro", str(place)], capture_output=True, check=False).returncode == 0,
          "a disk that nobody writes to", 10)
    before = program.log.read_text()
    program.begin()
    until(lambda: "cannot be " in program.log.read_text()[len(before):], "a sentence about the disk", 40)
    if "Traceback" in (said := program.log.read_text()[len(before):]):
        row.problems.append(f"no sentence but {said[-600:]}")
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    acknowledged = len(crowd.ledger.entries)
    row.back.append(until(lambda: len(crowd.ledger.entries) > acknowledged, "an acknowledged write afterwards"))
    row.add(books.check(made.app, crowd.ledger), "after a read-only disk: ")
    row.times += 1
    row.acknowledged = len(crowd.ledger.entries)


class Reader:
    """Somebody who signed in before the trouble and goes on reading and trying to write."""

    sessions: dict[int, dict[str, str]] = {}

    def __init__(self, program: Program) -> None:
        self.browser = Browser(program.port)
        self.browser.cookies = self.sessions.get(program.port, {})

    @classmethod
    def enter(cls, program: Program) -> None:
        """Sign in while all is well."""
        browser = Browser(program.port)
        browser.sign_in(EMAILS[0], PASSWORD)
        cls.sessions[program.port] = browser.cookies
        browser.close()

    def read(self) -> int:
        """The list of deals."""
        return self.browser.ask("GET", "/deals").status

    def write(self) -> str:
        """What is answered to a new client."""
        form = self.browser.form("/contacts/new", "surname", "once")
        answer = self.browser.ask("POST", form.action, {**form.fields, "surname": "W" * 100, "comment": "x" * 15000})
        return answer.text


def run_sqlite(folder: Path, rounds: int) -> list[Row]:
    """The database and the files on one small disk that is full, and then cannot be written."""
    rows = []
    for name, harm in (("full", full), ("read-only", read_only)):
        row = Row(f"{name} disk under database and files", "sqlite")
        with small_disk(folder.parent / f"disk-{name}", 48) as place, company("sqlite", place / "data") as made:
            with Program(made.folder) as program:
                Reader.enter(program)
                with Crowd(program.port, EMAILS[:3], made.stages) as crowd:
                    for _ in range(rounds):
                        harm(made, program, crowd, row, place)
                row.add(books.check(made.app, crowd.ledger, quiet=True), "at the end: ")
                row.problems += crowd.ledger.refused
        rows.append(row)
    return rows


def run_postgres(folder: Path, rounds: int) -> list[Row]:
    """The files on a small full disk; then the whole PostgreSQL on one."""
    rows = []
    with small_disk(folder.parent / "disk-files", 8) as place, company("postgres", place / "data") as made:
        rows.append(row := Row("full disk under the files", "postgres"))
        _files_only(made, place, row, rounds)
    with tempfile.TemporaryDirectory(prefix="faults-pg-") as room, small_disk(Path(room) / "disk", 160) as place:
        Path(room).chmod(0o711)  # the server is another user
        server = Cluster.start(place)
        try:
            with company("postgres", folder / "pg", server) as made, Program(made.folder, made.url) as program:
                rows.append(row := Row("full disk under PostgreSQL", "postgres"))
                Reader.enter(program)
                with Crowd(program.port, EMAILS[:3], made.stages) as crowd:
                    for _ in range(rounds):
                        _full_postgres(made, program, crowd, row, place)
                row.add(books.check(made.app, crowd.ledger, quiet=True, away=True), "at the end: ")
                row.problems += crowd.ledger.refused
        finally:
            server.stop()
    return rows


def _files_only(made: Company, place: Path, row: Row, rounds: int) -> None:
    with Program(made.folder, made.url) as program, Crowd(program.port, EMAILS[:3], made.stages) as crowd:
        for _ in range(rounds):
            until(lambda: any(entry.what == "document" for entry in crowd.ledger.entries[row.acknowledged:]), "a document before")
            ballast = fill(place)
            papers = sum(entry.what == "document" for entry in crowd.ledger.copy().entries)
            until(lambda: "disk is full" in program.log.read_text(), "a refused document", 40)
            row.add(books.check(made.app, crowd.ledger), "while the disk is full: ")
            ballast.unlink()
            row.back.append(until(lambda n=papers: sum(entry.what == "document" for entry in crowd.ledger.copy().entries) > n,
                                  "a document afterwards"))
            row.times += 1
            row.acknowledged = len(crowd.ledger.entries)
    row.add(books.check(made.app, crowd.ledger, quiet=True), "at the end: ")
    row.problems += crowd.ledger.refused


def _full_postgres(made: Company, program: Program, crowd: Crowd, row: Row, place: Path) -> None:
    """PostgreSQL that cannot write its log ends itself; the people around it start it again when there is room."""
    until(lambda: len(crowd.ledger.entries) > row.acknowledged + 15, "acknowledged writes before")
    ballast = fill(place)
    reader = Reader(program)

    def refused() -> bool:
        with contextlib.suppress(LookupError):
            return any(words in reader.write() for words in (SENTENCE, "database is busy or unavailable"))
        return True  # not even the form: the database has ended itself

    until(refused, "a refusal", 60)
    ballast.unlink()
    assert made.server
    if not made.server.lives():
        made.server.up()
    before = len(crowd.ledger.entries)
    row.back.append(until(lambda: len(crowd.ledger.entries) > before, "an acknowledged write afterwards"))
    row.add(books.check(made.app, crowd.ledger, away=True), "after a full disk: ")
    row.times += 1
    row.acknowledged = len(crowd.ledger.entries)


def run(kind: str, folder: Path, rounds: int) -> list[Row]:
    """All of it on `kind`; where no disk can be mounted, a row that says so."""
    try:
        return run_sqlite(folder, rounds) if kind == "sqlite" else run_postgres(folder, rounds)
    except CannotMountError as error:
        return [Row("full and read-only disks", kind, skipped=str(error))]
