"""The continuous copy: what was committed before a step is in it, whatever happens at whichever moment."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.backup.copying import store
from crm.backup.copying.copier import Copier
from crm.backup.copying.returning import newest
from crm.backup.databases import sqlite as sqlite_kind

WRITER = """
import os, random, sqlite3, sys
random.seed(int(sys.argv[2]))
base = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
base.execute("PRAGMA wal_autocheckpoint=0")
base.execute("PRAGMA synchronous=OFF")
number = base.execute("SELECT coalesce(max(id), 0) FROM row").fetchone()[0]
while True:
    number += 1
    base.execute("BEGIN IMMEDIATE")
    base.execute("INSERT INTO row VALUES (?, ?)", (number, os.urandom(random.choice((10, 3000, 40000)))))
    if number % 7 == 0:
        base.execute("UPDATE row SET body = ? WHERE id = ?", (b"x" * 5000, random.randint(1, number)))
    base.execute("UPDATE total SET n = n + 1")
    base.execute("COMMIT")
    print(number, "." * 4000, flush=True)  # the pipe holds 16 of these: it runs ahead by no more
"""


def make_database(path: Path) -> None:
    with sqlite3.connect(path, isolation_level=None) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)")
        base.execute("CREATE TABLE total (n INTEGER)")
        base.execute("INSERT INTO total VALUES (0)")
    base.close()


def count_of(path: Path) -> int:
    """How many rows a restored file holds; they have no gaps and agree with the total written in the same transactions."""
    sqlite_kind.prove(path)
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as base:
        rows, highest, total = base.execute("SELECT (SELECT count(*) FROM row), (SELECT max(id) FROM row), n FROM total").fetchone()
    base.close()
    assert rows == (highest or 0) == total
    return int(rows)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    make_database(tmp_path / "base.sqlite3")
    return tmp_path / "base.sqlite3"


@pytest.fixture
def copier(database: Path, tmp_path: Path) -> Iterator[Copier]:
    made = Copier(database, tmp_path / "files", tmp_path / "copy")
    yield made
    made.close()


def put(base: sqlite3.Connection, count: int, size: int = 100) -> None:
    for _ in range(count):
        base.execute("BEGIN IMMEDIATE")
        base.execute("INSERT INTO row (body) VALUES (?)", (os.urandom(size),))
        base.execute("UPDATE total SET n = n + 1")
        base.execute("COMMIT")


def writing(database: Path) -> sqlite3.Connection:
    base = sqlite3.connect(database, isolation_level=None, timeout=30)
    base.execute("PRAGMA wal_autocheckpoint=0")
    base.execute("PRAGMA synchronous=OFF")
    return base


def test_what_was_committed_before_a_step_is_in_the_copy(database: Path, copier: Copier, tmp_path: Path) -> None:
    base = writing(database)
    for round_ in range(6):
        put(base, 150, 2000)  # the log is written back and begins anew several times
        copier.step()
        newest(tmp_path / "copy", tmp_path / "restored")
        assert count_of(tmp_path / "restored") == (round_ + 1) * 150
    assert copier.at.frame < 2000  # it did begin anew
    base.close()


def test_a_transaction_that_is_open_or_rolled_back_is_not_in_it(database: Path, copier: Copier, tmp_path: Path) -> None:
    base = writing(database)
    put(base, 3)
    copier.step()
    base.execute("PRAGMA cache_size=5")  # spills into the log before it is committed
    base.execute("BEGIN IMMEDIATE")
    base.executemany("INSERT INTO row (body) VALUES (?)", [(os.urandom(4000),) for _ in range(200)])
    copier.step()
    newest(tmp_path / "copy", tmp_path / "restored")
    assert count_of(tmp_path / "restored") == 3
    base.execute("ROLLBACK")
    put(base, 2)
    copier.step()
    newest(tmp_path / "copy", tmp_path / "restored")
    assert count_of(tmp_path / "restored") == 5
    base.close()


def test_a_transaction_larger_than_a_batch_comes_whole_or_not(
        database: Path, copier: Copier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.backup.copying.copier.LARGEST_BATCH", 50)
    base = writing(database)
    put(base, 2)
    copier.step()
    base.execute("BEGIN IMMEDIATE")
    base.executemany("INSERT INTO row (body) VALUES (?)", [(os.urandom(4000),) for _ in range(300)])
    base.execute("UPDATE total SET n = n + 300")
    base.execute("COMMIT")
    copier.step()
    newest(tmp_path / "copy", tmp_path / "restored")
    assert count_of(tmp_path / "restored") == 302
    log = next((tmp_path / "copy").glob("*/log"))
    whole = log.read_bytes()
    for cut in (len(whole) - 1, len(whole) // 2, len(whole) // 4):  # torn at the end: what came before is whole
        log.write_bytes(whole[:cut])
        newest(tmp_path / "copy", tmp_path / "restored")
        assert count_of(tmp_path / "restored") == 2
    base.close()


def test_a_flipped_byte_ends_the_copy_before_it_and_never_gives_a_broken_database(
        database: Path, copier: Copier, tmp_path: Path) -> None:
    base = writing(database)
    for _ in range(20):
        put(base, 5, 300)
        copier.step()
    log = next((tmp_path / "copy").glob("*/log"))
    whole = log.read_bytes()
    chance = random.Random(7)
    for _ in range(25):
        place = chance.randrange(len(whole))
        log.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1:])
        newest(tmp_path / "copy", tmp_path / "restored")
        assert count_of(tmp_path / "restored") <= 100
    base.close()


def test_a_damaged_base_falls_back_to_the_generation_before(database: Path, copier: Copier, tmp_path: Path) -> None:
    base = writing(database)
    put(base, 10)
    copier.step()
    copier._begin_generation()
    put(base, 10)
    copier.step()
    damaged = store.generations(tmp_path / "copy")[0] / store.BASE
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\xff")
    _moment, older = newest(tmp_path / "copy", tmp_path / "restored")
    assert older
    assert count_of(tmp_path / "restored") == 10
    base.close()


def test_a_full_disk_loses_nothing_that_is_copied_later(
        database: Path, copier: Copier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = writing(database)
    put(base, 5)
    copier.step()
    real = os.write
    calls = []

    def half(handle: int, data: memoryview) -> int:
        calls.append(1)
        if len(calls) % 2:
            return real(handle, data[:100])
        raise OSError(28, "No space left on device")

    put(base, 5)
    monkeypatch.setattr(os, "write", half)
    with pytest.raises(OSError, match="No space"):
        copier.step()
    monkeypatch.undo()
    newest(tmp_path / "copy", tmp_path / "restored")
    assert count_of(tmp_path / "restored") == 5
    put(base, 5)
    copier.step()
    newest(tmp_path / "copy", tmp_path / "restored")
    assert count_of(tmp_path / "restored") == 15
    base.close()


def test_another_program_that_writes_back_takes_nothing_from_the_copy(
        database: Path, copier: Copier, tmp_path: Path) -> None:
    base = writing(database)
    copier.step()
    for round_ in range(5):
        put(base, 20, 1000)
        base.execute("PRAGMA wal_checkpoint(PASSIVE)")  # as the sqlite3 program does
        put(base, 20, 1000)
        copier.step()
        newest(tmp_path / "copy", tmp_path / "restored")
        assert count_of(tmp_path / "restored") == (round_ + 1) * 40
    base.close()


def test_uploaded_files_come_along(database: Path, copier: Copier, tmp_path: Path) -> None:
    name = "ab" + "0" * 62
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "ab" / name).write_bytes(b"contract")
    (tmp_path / "files" / "ab" / "tmpdraft").write_bytes(b"half")
    copier.step()
    assert [path.name for path in (tmp_path / "copy" / "files" / "ab").iterdir()] == [name]


def test_a_copy_taken_at_any_moment_under_writing_is_consistent_and_holds_what_was_committed(
        database: Path, copier: Copier, tmp_path: Path) -> None:
    """The disk is lost at random moments while a process writes as fast as it can and is killed now and then."""
    chance = random.Random(3)
    writer = spawn(database, 0)
    quit_ = threading.Event()
    acknowledged = [0]
    copied = [0]  # rows that were acknowledged before a step that has ended began

    def copy_on() -> None:
        while not quit_.wait(0.02):
            before = acknowledged[0]
            copier.step()
            copied[0] = before

    copier.step()
    copying = threading.Thread(target=copy_on)
    copying.start()
    try:
        for moment in range(6):
            for _ in range(chance.randint(5, 30)):
                acknowledged[0] = int(writer.stdout.readline().split()[0])  # type: ignore[union-attr]
            sure = copied[0]
            lost = tmp_path / f"lost{moment}"
            shutil.copytree(tmp_path / "copy", lost, ignore_dangling_symlinks=True)  # the disk as it was at this moment
            newest(lost, tmp_path / "restored")
            assert count_of(tmp_path / "restored") >= sure
            shutil.rmtree(lost)
            if moment % 3 == 2:
                writer.send_signal(signal.SIGKILL)
                acknowledged[0] = last_of(writer) or acknowledged[0]
                writer = spawn(database, moment)
    finally:
        quit_.set()
        copying.join()
        writer.kill()
        acknowledged[0] = last_of(writer) or acknowledged[0]
    copier.step()
    newest(tmp_path / "copy", tmp_path / "restored")
    assert count_of(tmp_path / "restored") >= acknowledged[0]


def last_of(writer: subprocess.Popen[str]) -> int:
    """The last row that an ended writer said was committed."""
    rest = [line for line in writer.communicate()[0].splitlines(keepends=True) if line.endswith("\n")]
    return int(rest[-1].split()[0]) if rest else 0


def spawn(database: Path, seed: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(database), str(seed)], stdout=subprocess.PIPE, text=True)
