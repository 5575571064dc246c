"""The vocabulary of rights: records, deeds and levels, what may be hidden, and the roles that come with the program.

A right is "record.deed", such as "deals.edit". A role gives each a level: none, own, team (one's own team) or all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LEVELS = ("none", "own", "team", "all")
RANK = {level: rank for rank, level in enumerate(LEVELS)}


@dataclass(frozen=True)
class Right:
    """One right. `scoped`: own and team mean something. `within`: the right whose level this one cannot pass.

    `granted` False: the owner alone has it, whatever a role says.
    """

    code: str
    scoped: bool = False
    within: str = ""
    granted: bool = True

    @property
    def record(self) -> str:
        """What it is about: clients, deals ..."""
        return self.code.partition(".")[0]

    @property
    def deed(self) -> str:
        """What it lets one do: see, edit ..."""
        return self.code.partition(".")[2]


def _led(record: str, see: str, *deeds: str) -> list[Right]:
    """Rights over records that somebody leads: seeing first; whoever changes sees, whoever deletes changes."""
    edit = f"{record}.edit"
    return [Right(see, True), *(Right(f"{record}.{deed}", True, see if deed in ("edit", "export", "make") else edit)
                                for deed in deeds)]


# "bulk" (changing many at once) is asked for by nothing yet: it is here so that roles are settled before such acts come.
_ALL = [
    Right("desk.see"), Right("desk.company"),
    *_led("clients", "clients.see", "edit", "delete", "export", "bulk"),
    *_led("deals", "deals.see", "edit", "assign", "delete", "export", "bulk"),
    Right("documents.see", True, "deals.see"), Right("documents.make", True, "documents.see"),
    Right("documents.agree", True, "documents.make"),
    Right("payments.record"), Right("payments.export"),  # of deals whose documents one sees
    *_led("tasks", "tasks.see", "edit", "delete"),
    Right("mail.see", True),
    Right("products.see"), Right("products.edit", within="products.see"), Right("products.export", within="products.see"),
    Right("scoreboard.see"), Right("scoreboard.export", within="scoreboard.see"),
    Right("templates.edit"), Right("plans.edit"), Right("pipelines.edit"), Right("imports.run"),
    Right("users.see"), Right("users.edit", within="users.see"), Right("settings.edit"),
    Right("mass.approve"), Right("log.see"), Right("log.export", within="log.see"), Right("roles.edit", granted=False),
    Right("backups.manage", granted=False),  # a backup holds everything
    Right("guard.edit", granted=False),  # the limits bind everybody else, those who may change settings too
    Right("demo.remove", granted=False),  # it empties the base and opens the first start
]
RIGHTS: dict[str, Right] = {right.code: right for right in _ALL}

# What may be hidden from a role. A feature that keeps such a figure asks `user.hides(code)`.
FIELDS: dict[str, LazyString] = {
    "client.phone": _l("Client's phone"),
    "client.email": _l("Client's e-mail"),
    "client.messenger": _l("Client's messengers"),
    "product.cost": _l("Cost"),
    "deal.margin": _l("Margin"),
}
TELLS = {"deal.margin": "product.cost"}  # who sees the first could reckon the second, so that it is hidden along with it
NO_LIMIT = 100  # of a discount, in percent: until the owner sets one, every role gives what it likes
_MONEY = ("product.cost", "deal.margin")
_REACH = ("client.phone", "client.email", "client.messenger")


@dataclass(frozen=True)
class BuiltIn:
    """A role that comes with the program. `sells`: people who lead deals and stand on the scoreboard."""

    label: LazyString
    levels: Mapping[str, str]
    sells: bool = False
    hidden: tuple[str, ...] = ()


def _levels(level: str, *codes: str) -> dict[str, str]:
    return dict.fromkeys(codes, level)


_SEE = ("desk.see", "clients.see", "deals.see", "products.see", "documents.see", "tasks.see", "scoreboard.see")
_SELL = ("clients.see", "clients.edit", "deals.see", "deals.edit", "documents.see", "documents.make", "tasks.see",
         "tasks.edit", "tasks.delete", "mail.see")
_OWNERS = ("settings.edit", "users.edit", "roles.edit", "backups.manage", "guard.edit", "demo.remove", "log.see", "log.export")

BUILT_IN: dict[str, BuiltIn] = {
    "owner": BuiltIn(_l("Owner"), _levels("all", *RIGHTS), sells=True),
    "head": BuiltIn(_l("Head of sales"), _levels("all", *(code for code in RIGHTS if code not in _OWNERS)), sells=True),
    "manager": BuiltIn(_l("Manager"), {**_levels("all", "desk.see", "products.see", "scoreboard.see"),
                                       **_levels("own", *_SELL)}, sells=True, hidden=_MONEY),
    "accountant": BuiltIn(_l("Accountant"), {
        **_levels("all", *_SEE, "desk.company", "documents.make", "clients.edit", "tasks.edit", "tasks.delete",
                         "scoreboard.export", "payments.record", "payments.export"),
        "mail.see": "own"}),
    "lawyer": BuiltIn(_l("Lawyer"), {
        **_levels("all", "desk.see", "clients.see", "clients.edit", "deals.see", "documents.see", "documents.make",
                  "documents.agree", "products.see", "templates.edit"),
        **_levels("own", "tasks.see", "tasks.edit", "tasks.delete", "mail.see")}, hidden=_MONEY),
    "production": BuiltIn(_l("Production"), {
        **_levels("all", "desk.see", "clients.see", "deals.see", "documents.see", "products.see"),
        **_levels("own", "tasks.see", "tasks.edit", "tasks.delete")}, hidden=(*_REACH, *_MONEY)),
    "marketer": BuiltIn(_l("Marketer"), {
        **_levels("all", "desk.see", "desk.company", "clients.see", "deals.see", "products.see", "scoreboard.see"),
        **_levels("own", "tasks.see", "tasks.edit", "tasks.delete")}, hidden=_MONEY),
    "viewer": BuiltIn(_l("Viewer"), _levels("all", *_SEE, "desk.company"), hidden=_MONEY),
}
ROLES: dict[str, LazyString] = {code: role.label for code, role in BUILT_IN.items()}


@dataclass(frozen=True)
class Powers:
    """What a role comes to: the level of every right, the rights at any level, what is hidden, whether it sells, and the greatest
    discount in percent that its people give by themselves.
    """

    levels: Mapping[str, str]
    rights: frozenset[str]
    hidden: frozenset[str]
    sells: bool
    discount: int = NO_LIMIT


def reckon(base: str, stored: Mapping[str, str], hidden: Iterable[str] = (), sells: bool = False, discount: int | None = None) -> Powers:
    """What a role comes to that says `stored` and is otherwise like the built-in role `base`."""
    return _powers(base, tuple(sorted(stored.items())), tuple(hidden), sells, NO_LIMIT if discount is None else discount)


def within(powers: Powers, other: Powers) -> bool:
    """Whether everything that `powers` opens and shows, `other` opens and shows too."""
    return powers.hidden >= other.hidden and powers.discount <= other.discount and all(
        RANK[level] <= RANK[other.levels.get(code, "none")] for code, level in powers.levels.items())


def of_team(powers: Powers) -> list[str]:
    """The rights that reach as far as one's team, so that another team opens other records."""
    return [code for code, level in powers.levels.items() if level == "team"]


def unlimited(powers: Powers) -> bool:
    """Whether all records of everybody are open anyway: no team and no usual role opens more."""
    return all(powers.levels.get(code) == "all" for code, right in RIGHTS.items() if right.scoped)


@lru_cache(maxsize=64)
def _powers(base: str, stored: tuple[tuple[str, str], ...], hidden: tuple[str, ...], sells: bool, discount: int) -> Powers:
    levels = _levels_of(base, dict(stored))
    told = (field for field, source in TELLS.items() if source in hidden)
    opened = frozenset(code for code, level in levels.items() if level != "none")
    return Powers(levels, opened, frozenset((*hidden, *told)), sells, discount)


@lru_cache(maxsize=64)
def built_in(code: str) -> Powers:
    """What a built-in role comes to as it comes with the program; an unknown one opens nothing."""
    if code == "owner":
        return Powers(BUILT_IN[code].levels, frozenset(RIGHTS), frozenset(), True)
    if code not in BUILT_IN:
        return Powers({}, frozenset(), frozenset(FIELDS), False, 0)
    return reckon(code, {}, BUILT_IN[code].hidden, BUILT_IN[code].sells)


def _levels_of(base: str, said: Mapping[str, str]) -> dict[str, str]:
    """Levels without nonsense: never past `within`, nothing between none and all for what nobody leads."""
    usual = BUILT_IN[base].levels if base in BUILT_IN else {}
    found: dict[str, str] = {}
    for code, right in RIGHTS.items():
        level = said.get(code, usual.get(code, "none"))
        if level not in LEVELS or not right.granted:
            level = "none"
        if not right.scoped and level != "none":
            level = "all"
        if right.within and RANK[level] > RANK[found[right.within]]:
            level = found[right.within]
        found[code] = level
    found["desk.see"] = "all"  # the first page after signing in
    return found


def default_rights(code: str) -> frozenset[str]:
    """The rights of a built-in role as it comes with the program, at any level."""
    return built_in(code).rights
