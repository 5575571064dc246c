"""What docs/security.md says of every address, asked of every address."""

import re

import pytest
from flask import Flask

from crm import create_app
from crm.settings import SettingError, load
from tests.cast import Cast, sign_in
from tests.conftest import BASE

WITHOUT_TOKEN = {"links.opened", "links.accept", "links.ask"}  # a client has no session of ours
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


def addresses(app: Flask) -> list[tuple[str, str, set[str]]]:
    """(endpoint, address with ones for numbers, its methods) of every route."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "deal", re.sub(r"<int:[^>]+>", "1", rule.rule))
        found.append((rule.endpoint, path, set(rule.methods or ())))
    return found


def test_nothing_is_written_without_the_token(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(app, "owner")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    asked = [(endpoint, path, method) for endpoint, path, methods in addresses(app) for method in methods & WRITING
             if endpoint not in WITHOUT_TOKEN]
    assert len(asked) > 50
    assert [(endpoint, path) for endpoint, path, method in asked if client.open(path, method=method).status_code != 400] == []


def test_no_address_echoes_a_request_back(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    for _endpoint, _path, methods in addresses(app):
        assert "TRACE" not in methods
    assert client.open("/", method="TRACE").status_code == 405


def test_no_answer_lets_another_site_read_it(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    for path in ("/", "/login", "/healthz", "/no-such-page"):
        for method in ("GET", "OPTIONS"):
            headers = client.open(path, method=method, headers={"Origin": "https://evil.example"}).headers
            assert not [name for name, _value in headers if name.lower().startswith("access-control-")]


def test_what_is_downloaded_stays_in_no_cache_and_runs_nothing(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    answer = client.get("/companies/export.csv")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_signing_out_empties_the_cache_of_the_browser(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    assert client.get("/").headers["Cache-Control"] == "private, no-cache"
    assert client.post("/logout").headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.post("/logout").headers  # a stranger's browser has nothing of ours


def test_a_short_signing_key_is_refused_and_not_printed() -> None:
    with pytest.raises(SettingError) as refused:
        load({"SECRET_KEY": "correct-horse"})
    assert "correct-horse" not in str(refused.value)
    assert load({"SECRET_KEY": "0123456789abcdef" * 2})["SECRET_KEY"]


def test_cookies_are_for_this_host_and_the_browser_alone(app: Flask, cast: Cast) -> None:
    other = create_app({**BASE, "BASE_URL": "https://crm.example.com", "DATABASE_URL": app.config["DATABASE_URL"],
                        "DATA_DIR": app.config["DATA_DIR"]})
    for kind in ("SESSION", "REMEMBER"):
        assert other.config[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert other.config[f"{kind}_COOKIE_SECURE"]
        assert other.config[f"{kind}_COOKIE_HTTPONLY"]
        assert other.config[f"{kind}_COOKIE_SAMESITE"] == "Lax"
