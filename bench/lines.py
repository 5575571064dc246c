"""What is measured: each line of the table as the requests that a person's browser sends."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode

from bench.base import PASSWORD
from bench.server import Server

CONNECTIONS = 8
HTMX = {"HX-Request": "true"}


@dataclass
class Line:
    """One row of the table. `parts` has the requests of each connection, `first` how often it has asked already."""

    name: str
    kind: str  # page | board | write | other: which target holds
    parts: list[list[dict[str, Any]]]
    first: list[int] = field(default_factory=lambda: [0] * CONNECTIONS)
    renew: Callable[[], dict[str, Any]] | None = None  # the one request anew before each stretch

    def take(self, connections: int) -> list[dict[str, Any]]:
        """The parts of a task for the load process."""
        if self.renew is not None:
            self.parts = [[self.renew()]]
        return [{"requests": self.parts[number % len(self.parts)], "first": self.first[number]}
                for number in range(connections)]


class _Fields(HTMLParser):
    """The fields of the form whose action or whole address is wanted, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.select = ""
        self.area = ""
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Inputs with a value, the chosen option, the beginning of a text area."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = "version" not in self.found
        elif not self.inside:
            return
        elif tag == "input" and given.get("type") not in ("checkbox", "radio", "submit", "file") and given.get("name"):
            self.found[given["name"]] = given.get("value", "")
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.found):
            self.found[self.select] = given.get("value", "")
        elif tag == "textarea":
            self.area = given.get("name", "")
            self.found[self.area] = ""

    def handle_endtag(self, tag: str) -> None:
        """The end of a list or a text area."""
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        """The words in a text area."""
        if self.area:
            self.found[self.area] += data


@dataclass
class Person:
    """Somebody who has signed in."""

    server: Server
    token: str

    def get(self, path: str, *expect: int, **headers: str) -> dict[str, Any]:
        """A request for a page."""
        return {"method": "GET", "path": path, "headers": self._headers(headers), "expect": expect or (200,)}

    def post(self, path: str, form: dict[str, str], *expect: int, **headers: str) -> dict[str, Any]:
        """A request that sends a form; `{n}` in it counts."""
        body = urlencode(form, safe="{}")
        return {"method": "POST", "path": path, "body": body, "expect": expect,
                "headers": self._headers({"X-CSRFToken": self.token, **headers})}

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Cookie": self.server.cookie, "Accept-Encoding": "gzip", **more}

    def form(self, path: str) -> dict[str, str]:
        """The fields of a page's form that carries a version, as they stand."""
        status, page, _answer = self.server.ask("GET", path, headers={"Accept-Encoding": ""})
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        for part in page.decode().split("<form")[1:]:
            if 'name="version"' in part.split("</form>")[0]:
                fields = _Fields()
                fields.feed("<form" + part.split("</form>")[0])
                return {**fields.found, "csrf_token": self.token}
        raise RuntimeError(f"{path} has no form with a version")


def sign_in(port: int, pid: int, email: str, password: str = PASSWORD) -> Person:
    """Come in as a person does, by the page."""
    server = Server(pid, port)
    token = open_login(server)
    status, _data, answer = server.ask("POST", "/login", {"email": email, "password": password, "csrf_token": token})
    if status != 303:
        raise RuntimeError(f"sign-in answered {status}")
    server.keep_cookies(answer)
    _status, page, _answer = server.ask("GET", "/deals", headers={"Accept-Encoding": ""})
    found = re.search(rb'name="csrf-token" content="([^"]+)"', page)
    assert found
    return Person(server, found[1].decode())


def open_login(server: Server) -> str:
    """The CSRF token of a fresh login page."""
    _status, page, answer = server.ask("GET", "/login", headers={"Accept-Encoding": ""})
    server.keep_cookies(answer)
    token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    return html.unescape(token[1].decode())


def crm_lines(owner: Person, manager: Person, plan: dict[str, Any]) -> list[Line]:
    """The table, in its order; making documents last, for they leave most behind."""
    board = f"/deals/board?pipeline={plan['pipeline']}"
    pages = [
        ("desk of a manager", manager.get("/")),
        ("desk of the owner", owner.get("/")),
        ("list of people", owner.get("/contacts")),
        ("list of companies", owner.get("/companies")),
        ("list of deals", owner.get("/deals")),
        ("list of documents", owner.get("/documents")),
        ("tasks", manager.get("/tasks")),
        ("search, a rare word", owner.get("/search?q=p77%40&page=1")),
        ("search, a common word", owner.get(f"/search?q={quote('соколов')}&page=1")),
        ("card of a person", owner.get(f"/contacts/{plan['contact']}")),
        ("card of a company", owner.get(f"/companies/{plan['company']}")),
        ("page of a deal", owner.get(f"/deals/{plan['busy']}")),
        ("scoreboard of the month", owner.get("/scoreboard?period=month")),
    ]
    lines = [Line(name, "page", [[request]]) for name, request in pages]
    lines.insert(2, Line("board, as first shown", "board", [[owner.get(board)]]))
    lines.insert(3, Line("board, nothing new", "other", [[]], renew=lambda: polling(owner, board)))
    lines.append(Line("move of a card", "write", list(moves(owner, plan))))
    lines.append(saves(owner, plan))
    lines.append(Line("sign-in", "other", [[entering(owner)]]))
    lines.append(Line("making a quote", "other", list(making(owner, plan))))
    return lines


def polling(person: Person, board: str) -> dict[str, Any]:
    """The board asks whether there is news, and there is none."""
    _status, page, _answer = person.server.ask("GET", board, headers={"Accept-Encoding": ""})
    mark = re.search(rb'data-poll-since="([^"]+)"', page)
    assert mark
    path = board.replace("/deals/board", "/deals/board/changes")
    return person.get(f"{path}&since={mark[1].decode()}", 204, **HTMX)


def moves(person: Person, plan: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Each connection drags a deal of its own to and fro."""
    one, two = plan["free"]
    for deal in plan["deals"][:CONNECTIONS]:
        yield [person.post(f"/deals/{deal}/move?pipeline={plan['pipeline']}", {"stage_id": str(stage)}, 200, **HTMX)
               for stage in (two, one)]


def saves(person: Person, plan: dict[str, Any]) -> Line:
    """Each connection saves a deal of its own again and again, with another comment; the version goes along."""
    parts, first = [], []
    for deal in plan["deals"][CONNECTIONS:2 * CONNECTIONS]:
        form = person.form(f"/deals/{deal}/edit")
        first.append(int(form["version"]))
        parts.append([person.post(f"/deals/{deal}/edit", {**form, "version": "{n}", "comment": "Звонок {n}: ждут", "once": "{n}"},
                                  303)])
    return Line("save of a deal", "write", parts, first)


def entering(person: Person) -> dict[str, Any]:
    """The right password on the login page; argon2 is most of it."""
    server = Server(person.server.pid, person.server.port)
    token = open_login(server)
    return Person(server, token).post("/login", {
        "email": "manager2@zamer.example", "password": PASSWORD, "csrf_token": token}, 303)


def making(person: Person, plan: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """A new quote with every request, on a deal of its own."""
    for number, deal in enumerate(plan["deals"][2 * CONNECTIONS:3 * CONNECTIONS]):
        yield [person.post(f"/deals/{deal}/documents", {"kind": "quote", "locale": "ru", "once": f"b{number}-{{n}}"}, 303)]
