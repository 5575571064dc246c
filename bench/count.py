"""Statements of each line, counted inside the program: reads requests on stdin, writes their counts on stdout, in JSON.

The same requests as in the run, asked of an application of this process on the same database: nothing is added to the
program that is measured.
"""

import json
import sys
from typing import Any

import sqlalchemy as sa

from bench.fill import make_app


def main() -> None:
    """Ask each line's requests once to warm up and once to count."""
    from pathlib import Path

    task = json.load(sys.stdin)
    app = make_app(Path(task["folder"]), task["url"])
    from crm.core.db import db

    counted: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: counted.append(statement))
    found = {}
    for name, part in task["lines"].items():
        number, first = 0, part["first"]
        for turn in range(2):
            request = part["requests"][(first + turn) % len(part["requests"])]
            counted.clear()
            _ask(app, request, first + turn)
            number = len([one for one in counted if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))])
        found[name] = number
    json.dump(found, sys.stdout)


def _ask(app: Any, request: dict[str, Any], number: int) -> None:
    client = app.test_client(use_cookies=False)
    answer = client.open(
        request["path"], method=request["method"], headers=request["headers"],
        data=request.get("body", "").replace("{n}", str(number)),
        content_type="application/x-www-form-urlencoded" if request["method"] == "POST" else None)
    if answer.status_code not in request["expect"]:
        sys.stderr.write(f"{request['path']} answered {answer.status_code} while statements were counted\n")


if __name__ == "__main__":
    main()
