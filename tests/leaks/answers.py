"""Answers made comparable: what differs between two requests for the same thing, and nothing else, is taken out."""

import difflib
import itertools
import re
from dataclasses import dataclass
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.statements import asked

NOISE = (
    (re.compile(r'(name="(?:csrf_token|once)"[^>]*value=")[^"]*'), r"\1"),
    (re.compile(r'(name="csrf-token" content=")[^"]*'), r"\1"),
    (re.compile(r'((?:since=|-since="|&#34;since&#34;: ?&#34;))[0-9][0-9.~-]*'), r"\1"),  # the mark of live parts
    (re.compile(r"\b[0-9a-f]{12}\b"), ""),  # the number of the request
)


@dataclass(frozen=True)
class Answer:
    """What a stranger can tell answers apart by."""

    status: int
    body: str
    location: str
    statements: int


def plain(text: str, path: str) -> str:
    """The text without its noise; the address that was asked for, as pages repeat it, becomes one word."""
    for pattern, instead in NOISE:
        text = pattern.sub(instead, text)
    return text.replace(path, "ADDRESS").replace(quote(path, safe=""), "ADDRESS")


def text_of(answer: TestResponse) -> str:
    """What can be read of an answer; of a file its kind only."""
    readable = (answer.mimetype or "").startswith(("text/", "application/json"))
    return answer.get_data(as_text=True) if readable else str(answer.mimetype)


def ask(client: FlaskClient, method: str, path: str, *, hx: bool = False, data: dict[str, str] | None = None) -> Answer:
    """One request and what can be told from its answer."""
    headers = {"HX-Request": "true"} if hx else {}
    with asked(client.application) as seen:
        answer = client.open(path, method=method, headers=headers, data=data)
    return Answer(answer.status_code, plain(text_of(answer), path), plain(answer.headers.get("Location", ""), path), len(seen))


def difference(one: Answer, other: Answer) -> str:
    """The first lines that tell two bodies apart, for whoever must mend it."""
    lines = difflib.unified_diff(one.body.splitlines(), other.body.splitlines(), lineterm="", n=0)
    return " | ".join(line.strip()[:120] for line in itertools.islice(lines, 2, 8))
