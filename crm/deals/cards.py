"""The cards of a board, filled into the patterns of `deals/_card_words.html`.

A board shows hundreds of cards. A template's loop asks for each value by name and puts out each word by itself, which is most
of what the page costs; a pattern is filled at once. The markup stays in the template, the escaping of the values here.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from crm.accounts import scope
from crm.core.output import put
from crm.core.templating import Writer, initials
from crm.deals.queries.board import Card


@lru_cache(maxsize=256)
def _avatar(pattern: str, name: str) -> str:
    return pattern % {"name": put(name), "initials": put(initials(name))}


def fill(say: Any, cards: Iterable[Card]) -> Markup:
    """The cards by the patterns of `say`, with the way to move those that the person of this request may move."""
    whole, dots, planned, late_step, stay, avatar = (
        str(part) for part in (say.card, say.dots, say.planned, say.late, say.stay_mark, say.avatar))
    movers, write, made = scope.covers("deals.edit"), Writer(), []
    for (deal_id, stage_id, version, title, client, amount, currency, manager, step, day, hour, late, days, age, _place,
         manager_id, before, after) in cards:
        movable = movers is None or manager_id in movers
        name = put(client or title)
        made.append(whole % {
            "id": deal_id, "stage": stage_id, "version": version, "name": name, "title": put(title) if client else "",
            "age": f" age-{age}" if age else "", "empty": "" if day else " no-step", "fixed": "" if movable else " data-fixed",
            "beside": f' data-before="{before or ""}" data-after="{after or ""}"' if before or after else "",
            "keys": ' aria-describedby="board-keys"' if movable else "",
            "sum": put(write.money(amount, currency)) if amount else "",
            "dots": dots % {"id": deal_id, "name": name} if movable else "",
            "planned": say.unplanned if day is None else (late_step if late else planned) % {
                "day": put(write.near(day)), "hour": f" {hour}" if hour else "", "step": put(step or say.step)},
            "stay": stay % {"age": age, "days": days} if age else "", "manager": _avatar(avatar, manager) if manager else ""})
    return Markup("".join(made))  # noqa: S704 - the patterns are a template's, the values are escaped above
