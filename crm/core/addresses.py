"""Addresses for templates. A page names hundreds of them; building each from the map of routes costs more than the row
that it stands in, so the shape of an address is found once and the numbers are put in.
"""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request
from flask import url_for as build

# numbers that stand in for ids while a shape is found: nine digits, as long as an id may be, and unlike anything else
_WORDS, _AS_IS = (str, int, bool), "!$'()*,/:;?@"  # kept as they are behind a "?" by werkzeug, too
LONGEST_CODE = 8  # 'xlsx', 'company': codes are few; what is longer may be the key of a link, and those have no end
_STANDINS = (918_273_641, 918_273_642, 918_273_643, 918_273_644)


def url_for(endpoint: str, **values: Any) -> str:
    """What Flask's `url_for` gives. The quick way is for whole numbers and codes in the path and plain words behind the "?"; the slow
    one for all else.
    """
    names = _in_path(endpoint)
    if names is None or any(name not in values for name in names):
        return build(endpoint, **values)  # which says what is missing
    asked: dict[str, Any] = {}
    codes: tuple[tuple[str, str], ...] = ()
    for name, value in values.items():
        kind = type(value)
        if name[0] == "_" or (value is not None and kind not in _WORDS):
            return build(endpoint, **values)
        if name not in names:
            asked |= {} if value is None else {name: value}
        elif kind is not int:
            if kind is not str or len(value) > LONGEST_CODE:
                return build(endpoint, **values)
            codes += ((name, value),)
    shapes: dict[Any, str] = current_app.extensions["addresses"]
    key = (request.script_root, endpoint, codes)
    shape = shapes.get(key)
    if shape is None:
        shape = shapes[key] = _shape(endpoint, names, dict(codes))
    path = shape % values
    return f"{path}?{urlencode(asked, safe=_AS_IS)}" if asked else path


def _in_path(endpoint: str) -> tuple[str, ...] | None:
    """The names of the numbers in an endpoint's path; None when the quick way cannot be sure of them."""
    known: dict[str, tuple[str, ...] | None] = current_app.extensions["address_names"]
    if endpoint not in known:
        rules = current_app.url_map._rules_by_endpoint.get(endpoint, [])
        names = {frozenset(rule.arguments) for rule in rules}
        paths = {rule.rule for rule in rules} if not any(rule.defaults for rule in rules) else {""}
        sure = len(names) == 1 and len(paths) == 1 and len(rules[0].arguments) <= len(_STANDINS)
        known[endpoint] = tuple(sorted(rules[0].arguments)) if sure else None
    return known[endpoint]


def _shape(endpoint: str, names: tuple[str, ...], codes: dict[str, str]) -> str:
    """'/deals/%(deal_id)d': the address with the numbers' names for the % operator."""
    standins = dict(zip((name for name in names if name not in codes), _STANDINS, strict=False))
    values: dict[str, Any] = {**standins, **codes}
    shape = build(endpoint, **values).replace("%", "%%")
    for name, number in standins.items():
        shape = shape.replace(str(number), f"%({name})d")
    return shape


def init_addresses(app: Flask) -> None:
    """Give templates the quick way."""
    app.extensions["addresses"], app.extensions["address_names"] = {}, {}
    app.jinja_env.globals["url_for"] = url_for
