"""Two texts word by word: right on small ones, bounded on hostile ones."""

import random
import time

import pytest

from crm.documents import engine
from crm.documents.engine.comparing import CELL
from tests.documents.engine.word_file import docx, table


def told(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    """Each row as (kind, text), what was put in as [+…+] and what was taken out as [-…-]."""
    marks = {"": "{}", "ins": "[+{}+]", "del": "[-{}-]"}
    return [(row.kind, "".join(marks[what].format(text) for what, text in row.pieces)) for row in engine.compare(old, new)]


def test_words_of_a_changed_paragraph() -> None:
    assert told(["Оплата в течение 5 дней.", "Прочее"], ["Оплата в течение 10 рабочих дней.", "Прочее"]) == [
        ("changed", "Оплата в течение [-5-][+10 рабочих+] дней."), ("same", "Прочее")]


def test_paragraphs_that_came_and_went() -> None:
    assert told(["a b c", "gone for good", "z"], ["a b c", "z", "quite new words"]) == [
        ("same", "a b c"), ("removed", "[-gone for good-]"), ("same", "z"), ("added", "[+quite new words+]")]


def test_a_changed_paragraph_is_laid_beside_its_own_and_not_beside_a_new_one() -> None:
    old = ["Поставщик передаёт товар покупателю", "Цена сто рублей за штуку"]
    new = ["Совсем другой абзац про погоду", "Поставщик передаёт товар клиенту", "Цена двести рублей за штуку"]
    assert told(old, new) == [
        ("added", "[+Совсем другой абзац про погоду+]"), ("changed", "Поставщик передаёт товар [-покупателю-][+клиенту+]"),
        ("changed", "Цена [-сто-][+двести+] рублей за штуку")]


def test_rows_of_tables_and_headers_are_compared_too() -> None:
    one, other = (engine.blocks(docx("Text", table(("Стол", price), ("Стул", "5")), header="Head")) for price in ("10", "12"))
    assert one == ["Text", f"Стол{CELL}10", f"Стул{CELL}5", "Head"]
    assert told(one, other)[1] == ("changed", f"Стол{CELL}[-10-][+12+]")


def test_what_is_shown_is_both_texts_whole() -> None:
    dice = random.Random(7)
    for _each in range(60):
        old, new = ([" ".join(dice.choices(["a", "b", "c", "d", ",", "."], k=dice.randint(1, 9))) for _row in range(dice.randint(0, 12))]
                    for _text in range(2))
        rows = engine.compare(old, new)
        for side, kept in ((old, ("", "del")), (new, ("", "ins"))):
            texts = ["".join(text for what, text in row.pieces if what in kept) for row in rows]
            assert [text for text in texts if text] == [text for text in side if text]


def test_forty_pages_are_compared_while_one_waits() -> None:
    dice = random.Random(1)
    old = [" ".join(f"слово{dice.randint(1, 3000)}" for _word in range(60)) for _row in range(400)]
    new = [text.replace(text.split()[5], "ИЗМЕНЕНО") if place % 7 == 0 else text for place, text in enumerate(old)]
    begun = time.process_time()
    rows = engine.compare(old, new)
    assert time.process_time() - begun < 2
    assert sum(row.kind == "changed" for row in rows) == 58


@pytest.mark.parametrize(("old", "new"), [
    (["a"] * 10_000, ["a"] * 9_990 + ["b"]),
    (["a", "b"] * 5_000, ["b", "a", "a"] * 3_300),
    ([" ".join("ab"[place % 2] for place in range(400_000))], [" ".join("bba"[place % 3] for place in range(400_000))]),
    ([f"{place % 7} {place % 11} x y" for place in range(9_000)], [f"{place % 5} {place % 13} y x" for place in range(9_000)]),
])
def test_hostile_texts_end_in_time(old: list[str], new: list[str]) -> None:
    begun = time.process_time()
    rows = engine.compare(old, new)
    assert time.process_time() - begun < 4
    assert "".join(text for row in rows for what, text in row.pieces if what != "del") == "".join(new)


def test_what_nobody_would_compare_is_refused() -> None:
    with pytest.raises(engine.TooMuchToCompareError):
        engine.blocks(docx(*[f"{number * 7919 % 10007}" for number in range(10_001)]))
