"""What templates put out is what Jinja's own escaping gives, only quicker."""

import datetime as dt

import pytest
from flask import Flask, render_template_string
from flask_babel import LazyString
from jinja2 import UndefinedError
from markupsafe import Markup, escape

from crm.core.output import put
from crm.core.templating import Writer


class Shouting(str):
    """A text that is not quite a str."""

    __slots__ = ()

    def __str__(self) -> str:
        return "<b>!</b>"


@pytest.mark.parametrize("value", [
    "plain", "", "<script>alert('x')</script>", 'a "quoted" & more', "ООО «Ромашка»", 12, -3, 4.5, True, None,
    Markup("<b>kept</b>"), Shouting("x"), LazyString(lambda: "<i>lazy</i>"), dt.date(2026, 3, 18), ["<", 1]])
def test_every_kind_of_value_comes_out_as_escape_gives_it(value: object) -> None:
    assert str(put(value)) == str(escape(value))


def test_templates_escape_what_people_typed(app: Flask) -> None:
    with app.test_request_context("/"):
        page = render_template_string(
            "{% macro name(x) %}<b>{{ x }}</b>{% endmacro %}{% set kept %}{{ x }}{% endset %}"
            "{{ x }}|{{ x|safe }}|{{ name(x) }}|{{ kept }}|{{ x ~ '!' }}", x="<i>")
        assert page == "&lt;i&gt;|<i>|<b>&lt;i&gt;</b>|&lt;i&gt;|&lt;i&gt;!"
        with pytest.raises(UndefinedError):
            render_template_string("{{ nobody }}")


def test_the_writer_writes_as_the_filters_do(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "ru"}):
        write = Writer()
        for away in (-40, -1, 0, 1, 300):
            day = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=away)
            assert write.near(day) == render_template_string("{{ day|near }}", day=day)
        assert write.money(123_45, "RUB") == render_template_string("{{ 12345|money('RUB') }}")
        assert write.money(123_45, "RUB", cents=False) == render_template_string("{{ 12345|money('RUB', cents=false) }}")
