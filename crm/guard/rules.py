"""What the owner allows: rows a day in files and in lists, when he is told, how long the log is kept.

Kept on the company's own row, which every request reads anyway: asking a rule costs no statement.
"""

from collections.abc import Mapping
from typing import Any

from crm.accounts import queries
from crm.accounts.models import User

DEFAULTS = {
    "files": 5_000,  # rows a day that a person takes in files
    "lists": 50_000,  # rows a day that a person is shown in lists and boards
    "tell": 1_000,  # the owner is told when a person takes more rows than that in files on one day
    "cards": 150,  # cards opened in an hour that always look unusual
    "deletes": 20,  # records that a person deletes within a day alone; 0: no second person is asked
    "months": 0,  # how long the log is kept; 0: for ever
}
PER_PERSON = ("files", "lists")


def rules() -> Mapping[str, Any]:
    """The company's rules over the defaults."""
    organization = queries.organization()
    return {**DEFAULTS, **(organization.guard if organization else {})}


def is_owner(user: User) -> bool:
    """Limits do not bind the owner, who sets them."""
    return user.role == "owner"


def limit(user: User, name: str) -> int | None:
    """Rows a day for this person: their own limit, else everybody's; None without one."""
    if is_owner(user):
        return None
    now = rules()
    own = now.get("people", {}).get(str(user.id), {}).get(name)
    return int(now[name] if own is None else own)


def number(name: str) -> int:
    """A rule that is a number."""
    return int(rules()[name])
