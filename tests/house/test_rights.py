"""Every route against every role, found from the map of addresses: a new route is asked too."""

import re
from pathlib import Path

import pytest
from flask import Flask

from crm.accounts.rights import BUILT_IN, default_rights
from tests.cast import Cast, add_colleague, sign_in

ROOT = Path(__file__).resolve().parents[2]
WHO = {"owner": "owner", "head": "head", "manager": "boris", "accountant": "accountant", "viewer": "viewer"}
INCLUDE = re.compile(r'\{%-? include "([^"]+)" -?%\}')
POST_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(method, address with ones for numbers, right) of every guarded route."""
    found = []
    for rule in app.url_map.iter_rules():
        right = getattr(app.view_functions[rule.endpoint], "access_right", "")
        if right == "public":
            continue
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        path = re.sub(r"<[^>]+>", "deal", path)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        found.append((method, path, right))
    return found


def test_a_stranger_is_sent_to_the_sign_in_page_from_everywhere(app: Flask, cast: Cast) -> None:
    client = app.test_client()
    open_to_all = [(method, path) for method, path, _right in routes(app)
                   if not client.open(path, method=method).headers.get("Location", "").startswith("/login")]
    assert open_to_all == []


@pytest.mark.parametrize("role", list(BUILT_IN))
def test_what_a_role_may_not_do_is_403_everywhere(app: Flask, cast: Cast, role: str) -> None:
    if role not in WHO:
        with app.app_context():
            add_colleague(role)
    client = sign_in(app, WHO.get(role, role))
    wrong = []
    for method, path, right in routes(app):
        if right == "signed-in" or right in default_rights(role):
            continue
        status = client.open(path, method=method).status_code
        if status != 403:
            wrong.append((method, path, right, status))
    assert wrong == []


def test_no_page_of_an_unknown_record_is_anything_but_404(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    wrong = []
    for rule in app.url_map.iter_rules():
        right = getattr(app.view_functions[rule.endpoint], "access_right", "")
        if right == "public" or "GET" not in (rule.methods or ()) or "<int:" not in rule.rule:
            continue
        path = re.sub(r"<int:[^>]+>", "999999", rule.rule)
        path = re.sub(r"<[^>]+>", "deal", path)
        status = client.get(path).status_code
        if status != 404:
            wrong.append((path, status))
    assert wrong == []


def included(match: re.Match[str]) -> str:
    """The text of an included fragment."""
    return (ROOT / "templates" / match[1]).read_text()


OPEN_FORMS = {"templates/documents/_answer.html", "templates/documents/public.html"}  # a client has no session to forge a request with


def test_every_form_that_posts_carries_the_token() -> None:
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for form in POST_FORM.findall(INCLUDE.sub(included, path.read_text())):
            if "csrf" not in form and "hidden_tag" not in form and str(path.relative_to(ROOT)) not in OPEN_FORMS:
                wrong.append(f"{path.relative_to(ROOT)}: {form[:80]}")
    assert wrong == []
