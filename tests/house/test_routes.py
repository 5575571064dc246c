"""What holds for every route and every template."""

import re
from pathlib import Path

from flask import Flask

from crm.accounts.rights import RIGHTS

ROOT = Path(__file__).resolve().parents[2]
ALL_RIGHTS = frozenset(RIGHTS)
INLINE = re.compile(r"""\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|hx-vals=["']js:|hx-vars|javascript:""")
TRIGGER_FILTER = re.compile(r'hx-trigger="[^"]*\[')
HX_GET = re.compile(r"<[a-z][^>]*\shx-get=[^>]*>", re.DOTALL)


def test_every_route_says_who_may_call_it(shared_app: Flask) -> None:
    silent = [name for name, view in shared_app.view_functions.items() if not hasattr(view, "access_right")]
    assert silent == []


def test_every_right_that_a_route_asks_for_exists(shared_app: Flask) -> None:
    asked = {getattr(view, "access_right", "") for view in shared_app.view_functions.values()}
    assert asked - {"public", "signed-in"} - ALL_RIGHTS == set()


def test_templates_hold_nothing_that_the_content_policy_forbids() -> None:
    wrong = [f"{path.relative_to(ROOT)}: {match.group(0).strip()}" for path in (ROOT / "templates").rglob("*.html")
             for match in INLINE.finditer(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL))]
    assert wrong == []


def test_triggers_use_no_filters_which_need_eval() -> None:
    wrong = [str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html")
             if TRIGGER_FILTER.search(path.read_text())]
    assert wrong == []


def test_links_that_fetch_a_part_also_lead_to_a_page() -> None:
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        for tag in HX_GET.findall(re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)):
            if tag.startswith("<a") and "href=" not in tag:
                wrong.append(f"{path.relative_to(ROOT)}: {tag[:80]}")
    assert wrong == []


def test_every_answer_carries_the_headers_of_the_house(shared_app: Flask) -> None:
    client = shared_app.test_client()
    for path in ("/login", "/healthz", "/no-such-page"):
        headers = client.get(path, headers={"Accept": "text/html"}).headers
        assert "HX-Request" in headers["Vary"]
        assert headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
