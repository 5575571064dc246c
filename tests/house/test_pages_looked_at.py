"""Every page of the program is named for `make axe`: a new one that is not fails here."""

from collections import defaultdict

from flask import Flask
from werkzeug.routing import RequestRedirect

from tests.browser.pages import PLACES

# what no person looks at as a page of its own
FILES = {"assets.show", "assets.favicon", "products.export", "deals.export", "contacts.export", "companies.export", "documents.word",
         "agreement.scan", "versions.word",
         "links.file", "templates.shipped_file", "templates.version_file", "scoreboard.csv", "scoreboard.xlsx", "log.export",
         "batches.archive", "numbers.picture", "received.export", "debts.export", "owed.export"}
MACHINES = {"metrics.metrics", "health.healthz"}
PARTS = {"roles.words", "products.pick", "deals.pick_client", "contacts.pick", "contacts.row", "contacts.similar",  # loaded into a page
         "companies.pick", "companies.row", "companies.check", "companies.similar", "board.changes", "scoreboard.changes",
         "scoreboard.wall_changes", "setup.check", "templates.pick_deal"}
LEADING_ON = {"imports.progress", "imports.forecast", "desk.today", "calendar.duties_card", "payments.advance", "scoreboard.race",
              "second.show", "second.code", "second.first"}  # a page by itself sends to the one that it is a part of


def reached(app: Flask) -> set[str]:
    """Endpoints of the pages that are named."""
    ids, addresses = defaultdict(lambda: "1", link="1-abc", invite="abc", setup="abc"), app.url_map.bind("localhost")
    found = set()
    for place in PLACES:
        path = place.path.split("?")[0].format_map(ids)
        try:
            found.add(addresses.match(path, method="GET")[0])
        except RequestRedirect as elsewhere:
            found.add(addresses.match(elsewhere.new_url.removeprefix("http://localhost"), method="GET")[0])
    return found


def test_every_page_is_looked_at(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    named, spared = reached(app), FILES | MACHINES | PARTS | LEADING_ON
    assert pages - named - spared == set(), "name these pages in tests/browser/pages.py"
    assert spared - pages == set(), "there is no such page any more"
    assert spared & named == set(), "these are looked at, so they need no exception"
