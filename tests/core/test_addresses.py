"""The quick way to addresses and texts gives what the slow one gives."""

import pytest
from flask import Flask, render_template_string
from flask import url_for as build
from flask_babel import gettext
from werkzeug.routing import BuildError, IntegerConverter

from crm.core.addresses import url_for


@pytest.mark.parametrize("root", ["", "/crm"])
def test_every_route_with_numbers_has_the_address_that_flask_gives(app: Flask, root: str) -> None:
    for number in (7, 123_456_789):  # the first finds the shape, the second uses it
        with app.test_request_context("/", environ_base={"SCRIPT_NAME": root}):
            for rule in app.url_map.iter_rules():
                converters = rule._converters
                if any(not isinstance(one, IntegerConverter) for one in converters.values()):
                    continue
                values = {name: number + place for place, name in enumerate(converters)}
                for extra in ({}, {"page": 3}, {"page": 12, "of": 0}):
                    assert url_for(rule.endpoint, **values, **extra) == build(rule.endpoint, **values, **extra)


def test_words_anchors_and_relative_names_have_the_address_that_flask_gives(app: Flask) -> None:
    with app.test_request_context("/deals/board"):
        for endpoint, values in (("deals.index", {"q": "%s %(x)s +a=b&c;d~_-.é\u00a0\n", "sort": "", "from": "2026-11-26"}),
                                 ("deals.show", {"deal_id": 5, "back": "/deals?q=1#x", "none": None}), ("deals.index", {"n": 1.5}),
                                 ("deals.index", {"q": ["a", "b"]}), ("deals.show", {"deal_id": "5"}),
                                 ("deals.export", {"ending": "csv", "q": "ё"}), ("deals.export", {"ending": "csv"}),
                                 ("deals.export", {"ending": "xlsx", "q": 1}), ("timeline.panel", {"card": "deal", "card_id": 8}),
                                 ("timeline.panel", {"card": "a/%d", "card_id": 8}), ("forgotten.choose", {"token": "abcd-efgh_ijkl"}),
                                 ("deals.index", {"q": "ё & 5%"}), ("deals.show", {"deal_id": 5, "_anchor": "lines"}),
                                 (".index", {}), ("deals.index", {"page": None}), ("deals.index", {"bin": True})) * 2:
            assert url_for(endpoint, **values) == build(endpoint, **values)


def test_a_text_is_in_the_language_of_its_own_request_and_its_values_are_escaped(app: Flask) -> None:
    told = {}
    for language in ("ru", "en", "ru"):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            told[language] = render_template_string("{{ _('Search') }}")
            assert told[language] == gettext("Search")
            shown = render_template_string("{{ _('Menu of %(name)s', name='<b>') }}")
            assert shown.endswith("&lt;b&gt;")
    assert told["ru"] != told["en"]


def test_a_missing_number_is_an_error_also_once_the_shape_is_known(app: Flask) -> None:
    with app.test_request_context("/"):
        url_for("deals.show", deal_id=5)
        with pytest.raises(BuildError):
            url_for("deals.show")
