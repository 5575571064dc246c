"""The page of the log: who did what, whether it is whole, what looked unusual."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.core import access, health, jobs
from crm.core.listing import wish
from crm.core.sheets import Column
from crm.core.web import go, render, toast
from crm.guard.exports import Table, send
from crm.guard.operations import alarms
from crm.guard.operations import chain as sealing
from crm.guard.queries import chain as chain_queries
from crm.guard.queries import readings
from crm.guard.rules import is_owner
from crm.log import queries

blueprint = Blueprint("log", __name__, url_prefix="/settings/log")
MOST = 100_000  # entries of one file


@blueprint.get("")
@access.need("log.see")
def index() -> ResponseReturnValue:
    """Newest first, narrowed by person, kind, words and days."""
    asked = wish(*queries.FILTERS)
    lines = queries.page(queries.read_filter(asked))
    last, chain = chain_queries.last_seal(), chain_queries.chain()
    found = chain.faults if chain else []
    kinds = [(codes, label) for label, codes in queries.labels().items()]
    return render("log/index.html", "log/_lines.html", lines=lines, asked=asked, kinds=kinds, people=queries.names(),
                  older=_url(asked.q, {**asked.filters, "after": lines.after}) if lines.after else "",
                  last=last, code=chain_queries.code(last.digest) if last else "", chain=chain,
                  faults=chain_queries.wrong(found), remarks=chain_queries.remarks(found), remark_text=chain_queries.remark_text,
                  unprotected=chain_queries.unprotected_text(),
                  alarms=readings.open_alarms() if is_owner(current_user) else [], alarm_text=readings.alarm_text,
                  export=_export_urls())


def _url(q: str, filters: dict[str, str]) -> str:
    args: dict[str, Any] = {"q": q, **filters}
    return url_for("log.index", **{name: value for name, value in args.items() if value})


def _export_urls() -> dict[str, str]:
    args: dict[str, Any] = {name: request.args[name] for name in ("q", *queries.FILTERS) if name in request.args}
    return {ending: url_for("log.export", **{**args, "ending": ending}) for ending in ("xlsx", "csv")}


@blueprint.get("/export.csv", defaults={"ending": "csv"})
@blueprint.get("/export.xlsx", defaults={"ending": "xlsx"})
@access.need("log.export")
def export(ending: str) -> ResponseReturnValue:
    """The filtered log as a file, its newest 100,000 entries."""
    chosen = queries.read_filter(wish(*queries.FILTERS))
    columns = [Column(_("When"), "moment", 17), Column(_("Who"), width=28), Column(_("What happened"), width=40),
               Column(_("What it concerns"), width=40), Column(_("Details"), width=60), Column(_("Address"), width=16),
               Column(_("Entry"), width=16)]

    def rows(most: int) -> Iterator[Sequence[Any]]:
        for line in queries.every(chosen, most):
            about = ", ".join(one.text for one in line.about)
            yield line.at, line.who, line.what, about, line.text, line.address, f"{line.table} {line.id}"

    return send(Table("log", _("Log"), columns, lambda: queries.count(chosen, MOST), rows), ending)


@blueprint.post("/check")
@access.need("log.see")
def check() -> ResponseReturnValue:
    """Check the whole chain now; the result stands on the page within moments."""
    sealing.begin_check()
    jobs.enqueue("log.check_now", key="log.check_now")
    toast(_("The check has begun. Reload the page in a moment."))
    return go("log.index")


@blueprint.post("/seen")
@access.need("log.see")
def seen() -> ResponseReturnValue:
    """The owner has read the alarms. Nobody else may put them out of sight: they may be about themselves."""
    if not is_owner(current_user):
        access.refuse()
    alarms.see_alarms()
    return go("log.index")


health.declare("log", _l("Log"), chain_queries.health, 5)
