"""Lists: search, sort, page. One more row than a page is read instead of counting all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask import request
from werkzeug.datastructures import MultiDict

from crm.core.addresses import url_for
from crm.core.db import db

PAGE = 50
MAX_QUERY = 200
WATCHERS: list[Callable[[str, int], None]] = []  # told (endpoint, rows) before a page of a list is shown


@dataclass(frozen=True)
class Wish:
    """What the reader asked of a list: words, order, page and named filters."""

    q: str = ""
    sort: str = ""
    page: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def descending(self) -> bool:
        """A minus before the name of the column."""
        return self.sort.startswith("-")


def wish(*filters: str, args: MultiDict[str, str] | None = None) -> Wish:
    """Read q, sort, page and the named filters from the address; nonsense is ignored."""
    args = request.args if args is None else args
    page = args.get("page", 1, type=int) or 1
    return Wish(args.get("q", "").strip()[:MAX_QUERY], args.get("sort", "")[:40], max(1, min(page, 100_000)),
                {name: args[name][:100] for name in filters if args.get(name)})


@dataclass(frozen=True)
class Page:
    """Rows of one page and the addresses of its neighbours."""

    rows: Sequence[Any]
    wish: Wish
    more: bool
    endpoint: str

    def url(self, **changes: Any) -> str:
        """The address of this list with something changed; None drops a parameter."""
        args: dict[str, Any] = {"q": self.wish.q, "sort": self.wish.sort, **self.wish.filters, **changes}
        return url_for(self.endpoint, **{key: value for key, value in args.items() if value})

    def file_url(self, ending: str) -> str:
        """The whole filtered list as a file of that kind."""
        args: dict[str, Any] = {"q": self.wish.q, "sort": self.wish.sort, **self.wish.filters}
        return url_for(f"{self.endpoint.split('.')[0]}.export", ending=ending,
                       **{key: value for key, value in args.items() if value})

    @property
    def next_url(self) -> str | None:
        """The next page, when there is one."""
        return self.url(page=self.wish.page + 1) if self.more else None

    @property
    def previous_url(self) -> str | None:
        """The page before, when there is one."""
        before = self.wish.page - 1
        return self.url(page=before if before > 1 else None) if before else None

    def sort_url(self, column: str) -> str:
        """Sort by the column, or the other way round when it is sorted already."""
        return self.url(sort=f"-{column}" if self.wish.sort == column else column, page=None)

    def sorted_by(self, column: str) -> str:
        """'ascending', 'descending' or 'none', as aria-sort wants it."""
        if self.wish.sort.lstrip("-") != column:
            return "none"
        return "descending" if self.wish.descending else "ascending"


def order(columns: Mapping[str, Sequence[Any]], asked: Wish, default: str) -> list[Any]:
    """The ORDER BY of the asked column; an unknown name falls back to `default` (which may begin with -)."""
    name = asked.sort if asked.sort.lstrip("-") in columns else default
    chosen = columns[name.lstrip("-")]
    if name.startswith("-"):
        return [column.desc() for column in chosen]
    return list(chosen)


def _last_page(query: sa.Select[*tuple[Any, ...]], size: int) -> int:
    """The last page of a list that is not empty, else the first."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    return max(1, -(-total // size))


def fetch(query: sa.Select[*tuple[Any, ...]], asked: Wish, endpoint: str, *, scalars: bool = False, size: int = PAGE,
          shown: Callable[[sa.Subquery], sa.Select[*tuple[Any, ...]]] | None = None) -> Page:
    """Run the ordered query for one page; one beyond the last, whose rows have gone meanwhile, is the last. `shown` makes of the
    chosen page, which may be ids alone, the query of its rows.
    """

    def read() -> Sequence[Any]:
        chosen = query.limit(size + 1).offset((asked.page - 1) * size)
        if shown is not None:
            chosen = shown(chosen.subquery())
        return (db.session.scalars(chosen) if scalars else db.session.execute(chosen)).all()

    rows = read()
    if not rows and asked.page > 1:
        asked = replace(asked, page=_last_page(query, size))
        rows = read()
    for told in WATCHERS:
        told(endpoint, min(len(rows), size))
    return Page(rows[:size], asked, len(rows) > size, endpoint)
