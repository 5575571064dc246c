"""Sums as they are typed into forms, in the language of the reader."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from crm.core.forms import Form, MoneyField


class Sample(Form):
    """One sum."""

    total = MoneyField("Sum")


def typed(app: Flask, text: str, language: str) -> Sample:
    with app.test_request_context(headers={"Accept-Language": language}):
        form = Sample(MultiDict({"total": text}))
        form.validate()
    return form


@pytest.mark.parametrize(("text", "minor"), [
    ("1 234,50", 1_234_50), ("1234.5", 1_234_50), ("1 000", 1_000_00), ("100,5", 100_50), ("12,5 тыс.", 12_500_00), ("1,2345k", 1_234_50)])
def test_what_has_no_more_than_kopecks_is_read(app: Flask, text: str, minor: int) -> None:
    assert typed(app, text, "ru").total.data == minor


@pytest.mark.parametrize(("text", "language"), [("100,555", "ru"), ("100.555", "ru"), ("100.555", "en"), ("0,001", "ru"), ("100.000", "en"),
                                              ("100,000", "ru")])
def test_a_third_decimal_is_refused_and_not_rounded_away(app: Flask, text: str, language: str) -> None:
    form = typed(app, text, language)
    said = {"ru": "В сумме не больше двух знаков после запятой", "en": "A sum has at most two decimals"}[language]
    assert (form.total.data, form.total.errors[0].startswith(said), form.total._value()) == (None, True, text)


def test_a_comma_groups_thousands_in_english(app: Flask) -> None:
    assert typed(app, "100,555", "en").total.data == 100_555_00


@pytest.mark.parametrize("text", ["1e5", "1E5", "1_000"])
def test_what_people_do_not_write_is_refused(app: Flask, text: str) -> None:
    assert typed(app, text, "ru").total.errors
