"""The macros that all pages are made of: what a screen reader and a browser without scripts get."""

import re
from typing import Any

import pytest
from flask import Flask, render_template_string
from lxml import html
from werkzeug.datastructures import MultiDict
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from crm.core import listing
from crm.core.assets import ROOT
from crm.core.forms import DayField, DecimalInput, Filled, Form, IdField, Line, MoneyField


class Sample(Form):
    """One field of each kind."""

    name = Line("Name", [Filled("Type the name.")], description="As you call it.")
    client = IdField("Client", [Filled("Choose the client.")])
    total = MoneyField("Sum")
    share = DecimalInput("Discount")
    due = DayField("Day")
    kind = RadioField("Kind", choices=[SelectChoice("call", "Call"), SelectChoice("meet", "Meeting")])


def draw(app: Flask, source: str, **context: Any) -> Any:
    """The markup of a template's text as an element that can be asked."""
    with app.test_request_context("/list?q=a"):
        return html.fromstring(f"<div>{render_template_string(source, **context)}</div>")


@pytest.fixture
def wrong(app: Flask) -> Sample:
    """The form as it comes back: nothing typed but a sum that is none."""
    with app.test_request_context():
        form = Sample(MultiDict({"total": "five"}))
        form.validate()
    return form


def test_an_error_stands_in_place_of_the_hint_and_is_tied_to_its_field(app: Flask, wrong: Sample) -> None:
    page = draw(app, "{% from 'ui/forms.html' import field %}{{ field(form.name) }}", form=wrong)
    box = page.get_element_by_id("name")
    assert (box.get("aria-invalid"), box.get("aria-describedby")) == ("true", "name-error")
    assert page.get_element_by_id("name-error").text_content().strip() == "Type the name."
    assert "As you call it." not in page.text_content()


def test_a_field_without_an_error_shows_its_hint(app: Flask) -> None:
    with app.test_request_context():
        form = Sample(formdata=None)
    page = draw(app, "{% from 'ui/forms.html' import field %}{{ field(form.name) }}", form=form)
    assert page.get_element_by_id("name").get("aria-describedby") == "name-hint"
    assert page.get_element_by_id("name-hint").text_content() == "As you call it."


@pytest.mark.parametrize(("name", "attributes"), [
    ("total", {"data-money": "", "inputmode": "decimal"}),
    ("share", {"data-quantity": "", "inputmode": "decimal"}),
    ("due", {"type": "date"}),
])
def test_a_typed_field_brings_the_right_keyboard(app: Flask, wrong: Sample, name: str,
                                                 attributes: dict[str, str]) -> None:
    page = draw(app, "{% from 'ui/forms.html' import field %}{{ field(form[name]) }}", form=wrong, name=name)
    box = page.get_element_by_id(name)
    assert {key: box.get(key) for key in attributes} == attributes


def test_choices_are_a_group_with_a_name(app: Flask, wrong: Sample) -> None:
    page = draw(app, "{% from 'ui/forms.html' import field %}{{ field(form.kind) }}", form=wrong)
    assert page.xpath("string(.//fieldset/legend)").strip() == "Kind"
    assert page.xpath(".//fieldset//input/@value") == ["call", "meet"]


def test_a_picker_posts_an_id_and_the_words_and_names_its_list(app: Flask, wrong: Sample) -> None:
    source = "{% from 'ui/forms.html' import picker %}{{ picker(form.client, '/pick', text='Ann') }}"
    page = draw(app, source, form=wrong)
    box = page.get_element_by_id("client_text")
    assert (box.get("role"), box.get("name"), box.get("value")) == ("combobox", "client_text", "Ann")
    assert page.get_element_by_id(box.get("aria-controls")).get("role") == "listbox"
    assert page.get_element_by_id("client").get("type") == "hidden"


def test_the_stage_bar_knows_what_is_past_and_what_is_now(app: Flask) -> None:
    source = ("{% from 'ui/cards.html' import stage_bar %}"
              "{{ stage_bar(stages, 2, '/move', {1: 3, 2: 9}, 7, true) }}")
    page = draw(app, source, stages=[{"id": number, "name": f"S{number}"} for number in (1, 2, 3)])
    rows = page.xpath(".//ol/li")
    assert [row.get("class") for row in rows] == ["past", "late", ""]
    assert [row.get("aria-current") for row in rows] == [None, "step", None]
    assert page.xpath(".//button[@name='stage_id']/@value") == ["1", "3"]


def test_a_sorted_column_says_so_and_every_link_works_without_scripts(app: Flask) -> None:
    shown = listing.Page([], listing.Wish(q="a", sort="-name", page=2), True, "health.healthz")
    source = ("{% from 'ui/lists.html' import sort_head, pager, search_box %}"
              "<table>{{ sort_head([('Name', 'name'), ('Sum', 'sum', 'num'), ('Note', '')], page) }}</table>"
              "{{ pager(page) }}{{ search_box(page) }}")
    page = draw(app, source, page=shown)
    assert page.xpath(".//th/@aria-sort") == ["descending"]
    loaded = page.xpath(".//a[@hx-get]")
    assert len(loaded) == 4
    assert [link.get("hx-get") for link in loaded] == [link.get("href") for link in loaded]
    assert page.xpath(".//form/@action") == ["/healthz"]
    assert page.xpath(".//input[@name='q']/@value") == ["a"]


def test_a_bar_never_leaves_its_frame(app: Flask) -> None:
    source = ("{% from 'ui/charts.html' import bar %}"
              "{% for v in values %}{{ bar(v, 100) }}{% endfor %}{{ bar(1, 0) }}")
    drawn = draw(app, source, values=[-5, 25, 300]).xpath(".//rect/@width")
    assert [float(width.rstrip("%")) for width in drawn] == [0, 25, 100, 100]


def test_what_people_typed_is_text_in_every_part(app: Flask) -> None:
    source = ("{% from 'ui/parts.html' import page_head, tag, avatar, toast, empty %}"
              "{% from 'ui/cards.html' import figure, kv, timeline_row, person_line %}"
              "{{ page_head(x, sub=x) }}{{ tag(x) }}{{ avatar(x) }}{{ toast(x) }}{{ empty(x, x, '/') }}"
              "{{ figure(x, x, x, x) }}"
              "{{ kv([(x, x)]) }}{{ timeline_row('note', x, x, x, text=x) }}{{ person_line(x, x) }}")
    page = draw(app, source, x='<img src=x onerror="alert(1)">')
    assert page.xpath(".//img") == []


def test_no_template_carries_an_inline_style_or_script() -> None:
    bad = re.compile(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on|=.js:|javascript:", re.IGNORECASE)
    pages = list((ROOT.parent / "templates").rglob("*.html"))
    found = {str(path): bad.findall(path.read_text(encoding="utf-8")) for path in pages}
    assert len(found) > 20
    assert {name: hits for name, hits in found.items() if hits} == {}
