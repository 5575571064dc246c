"""A number that comes out of reckoning is printed as the program writes numbers; others go as they are."""

from decimal import Decimal
from typing import Any

import pytest

from crm.documents.engine import CompiledTemplate, Dialect
from tests.documents.engine.word_file import docx, texts

DATA = {"lang": "ru", "a": Decimal("14670.33"), "n": 3, "t": "два", "rows": [{"x": Decimal(1)}, {"x": Decimal("2.5")}]}


def written(data: Any, value: Any, places: int = 2) -> Any:
    return f"<{data.get('lang')} {round(value, places)}>" if isinstance(value, float | Decimal) else value


@pytest.mark.parametrize(("tag", "printed"), [
    ("{{ a * 0.3 }}", "<ru 4401.10>"), ("{{ a + 1 }}", "<ru 14671.33>"), ("{{ a / n }}", "<ru 4890.11>"), ("{{ -a }}", "<ru -14670.33>"),
    ("{{ a * 0.3 ~ ' руб.' }}", "<ru 4401.10> руб."), ("{{ a * 0.3 if n else '' }}", "<ru 4401.10>"),
    ("{{ (a / 7)|round(1) }}", "<ru 2095.8>"),
    ("{{ (a / 7)|round }}", "<ru 2096>"), ("{{ rows|sum(attribute='x') }}", "<ru 3.50>"),
    ("{{ a }}", "14670.33"), ("{{ n + 1 }}", "4"), ("{{ t + ' раза' }}", "два раза"), ("{{ (a * 0.3)|int }}", "4401"),
    ("{{ (a * 0.3)|string }}", "4401.099"), ("{% if a * 2 > 29340 %}да{% endif %}", "да"),
    ("{% for r in rows %}{{ r.x * 2 }} {% endfor %}", "<ru 2.00> <ru 5.00> ")])
def test_what_is_reckoned_is_written_by_the_program(tag: str, printed: str) -> None:
    template = CompiledTemplate(docx(tag), Dialect(reckoned=written))
    assert texts(template.render(DATA)) == [printed]


def test_without_such_words_numbers_are_printed_as_they_are() -> None:
    assert texts(CompiledTemplate(docx("{{ a * 0.3 }} {{ (a/7)|round(1) }}")).render(DATA)) == ["4401.099 2095.8"]


def test_decimals_and_fractions_add_and_subtract() -> None:
    assert texts(CompiledTemplate(docx("{{ a + 0.5 }} {{ 0.5 - a }} {{ n + 0.5 }}")).render(DATA)) == ["14670.83 -14669.83 3.5"]
