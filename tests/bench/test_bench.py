"""The company that the bench fills is sound, and its table tells what fell short."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bench import fill, report, rows
from crm.documents import pdf
from faults import fuzz

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("bench")
        for name in fill.environment(folder):
            patch.setenv(name, "")
        fill.fill(folder, rows.SIZES["tiny"])
        connection = sqlite3.connect(folder / fill.FILE)
        yield folder, connection
        connection.close()


def count(connection: sqlite3.Connection, table: str, where: str = "1") -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0])


def test_the_filled_company_has_the_promised_shares_and_no_loose_ends(filled: Any) -> None:
    _folder, connection = filled
    size = rows.SIZES["tiny"]
    assert count(connection, "contact") == size.people
    assert count(connection, "company") == count(connection, "deal") == size.people // 5
    assert count(connection, "document") == size.people // 10
    assert count(connection, "event", "id > 1000") == size.people * 5
    assert count(connection, "deal", "status = 'open'") == size.open + 1  # and the one whose papers the others share
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert count(connection, "sqlite_master", "type = 'index' AND sql IS NOT NULL") > 30  # they were made again


def test_a_filled_company_is_used_again(filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Path] = []
    monkeypatch.setattr(fill, "fill", lambda folder, _size: calls.append(folder))
    fill.kept(tmp_path, "tiny")
    fill.kept(tmp_path, "tiny")
    (tmp_path / "tiny" / "fingerprint").write_text("of other code")
    fill.kept(tmp_path, "tiny")
    assert len(calls) == 2


def line(**changes: Any) -> dict[str, Any]:
    return {"name": "list of people", "kind": "page", "cpu_ms": 5.0, "wall_ms": 6.0, "x_page": 1.9, "x_hello": 9.0,
            "gain": 1.0, "errors": 0, "odd": [], **changes}


@pytest.mark.parametrize(("changes", "missed"), [
    ({}, []),
    ({"x_page": 2.1}, ["2 x page"]),
    ({"kind": "board", "x_page": 5.0, "x_hello": 20.5}, ["20 x hello"]),
    ({"kind": "write", "x_hello": 16.0, "x_page": 9.0}, ["15 x hello"]),
    ({"gain": 0.8}, ["gain 0.9"]),
    ({"errors": 2, "odd": [409]}, ["2 errors [409]"]),
    ({"growth": 1.6}, ["1.5 x medium"]),
    ({"growth": 1.6, "name": "search, a rare word"}, []),
])
def test_what_fell_short_is_named(changes: dict[str, Any], missed: list[str]) -> None:
    assert report.verdict(line(**changes)) == missed


def test_large_is_weighed_against_medium_by_the_floor_of_each_run() -> None:
    floor = line(name="floor: page", cpu_ms=2.0, wall_ms=2.0)
    now = [dict(floor, cpu_ms=4.0, wall_ms=4.0), line(cpu_ms=10.0, wall_ms=24.0)]
    report.growth(now, {"lines": [floor, line(cpu_ms=5.0, wall_ms=6.0)]})
    assert now[1]["growth"] == 2.0  # the clock of the wall, for it is the worse one


def test_what_opens_a_document_in_the_fuzz_run_works_without_the_program() -> None:
    if pdf.program() is None:
        pytest.skip("LibreOffice is not installed")
    sound = (ROOT / "doc_templates" / "en" / "letter.docx").read_bytes()
    assert fuzz.opened({"sound": sound, "broken": sound[:len(sound) // 2]}) == ["broken"]
