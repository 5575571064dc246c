"""A browser without scripts: pages, forms with what stands in them, cookies, one kept connection."""

import html
import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit


@dataclass
class PageForm:
    """A form as the page shows it: what would be sent if nobody typed anything."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.select, self.area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(has.get("action", ""), has.get("method", "get").lower()))
        elif self.forms:
            self._field(tag, has, self.forms[-1].fields)

    def _field(self, tag: str, has: dict[str, str], fields: dict[str, str]) -> None:
        name, kind = has.get("name", ""), has.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "file", "button"):
            if kind not in ("radio", "checkbox") or "checked" in has:
                fields[name] = has.get("value", "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in has or self.select not in fields):
            fields[self.select] = has.get("value", "")
        elif tag == "textarea" and name:
            self.area = name
            fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if self.area:
            self.forms[-1].fields[self.area] += data


def forms(page: str) -> list[PageForm]:
    """Every form of a page."""
    reader = _Forms()
    reader.feed(page)
    return reader.forms


def changes(page: str) -> str:
    """The address that the page asks for news, with its mark; empty when it asks for none."""
    found = re.search(r'data-poll-url="([^"]*)" data-poll-since="([^"]*)"', page)
    return f"{(url := html.unescape(found[1]))}{'&' if '?' in url else '?'}since={found[2]}" if found else ""


@dataclass
class Answer:
    """What came back."""

    status: int
    text: str
    location: str


class Browser:
    """One person's browser; an OSError or HTTPException means that nobody knows what became of the request."""

    def __init__(self, port: int, timeout: float = 30) -> None:
        self.port, self.timeout = port, timeout
        self.cookies: dict[str, str] = {}
        self.line: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, body: bytes | None = None,
            headers: dict[str, str] | None = None) -> Answer:
        """One request; the connection is given up after any trouble."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        data: bytes | None = body
        if fields is not None:
            data = urlencode(fields).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.line = self.line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self.line.request(method, path, data, sent)
            answer = self.line.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, text, urlsplit(answer.headers.get("Location", "")).path)

    def form(self, path: str, *names: str) -> PageForm:
        """The form of a page that has all these fields; LookupError when the page shows none (a sign-in page, a refusal)."""
        answer = self.ask("GET", path)
        for form in forms(answer.text):
            if form.method == "post" and set(names) <= form.fields.keys():
                form.action = form.action or path
                return form
        raise LookupError(f"{path} answered {answer.status} without a form of {', '.join(names)} (to {answer.location or '-'})")

    def sign_in(self, email: str, password: str) -> None:
        """As a person does; LookupError when it is refused."""
        form = self.form("/login", "email", "password")
        answer = self.ask("POST", form.action, {**form.fields, "email": email, "password": password})
        if answer.status != 303:
            raise LookupError(f"sign-in answered {answer.status}")

    def close(self) -> None:
        """Forget the connection, keep the cookies."""
        if self.line:
            self.line.close()
        self.line = None
