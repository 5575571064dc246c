"""Roles and what each of them opens."""

from flask_babel import lazy_gettext as _l

ROLES = {
    "owner": _l("Owner"),
    "head": _l("Head of sales"),
    "manager": _l("Manager"),
    "accountant": _l("Accountant"),
    "viewer": _l("Viewer"),
}

_SEE = frozenset({"desk.see", "clients.see", "deals.see", "products.see", "documents.see", "tasks.see",
                  "scoreboard.see"})
_WORK = frozenset({"clients.edit", "deals.edit", "documents.make", "tasks.edit", "mail.see"})
_LEAD = frozenset({"clients.delete", "deals.delete", "deals.assign", "products.edit", "templates.edit",
                   "plans.edit", "imports.run", "pipelines.edit", "scoreboard.export", "clients.export",
                   "deals.export", "users.see"})
_OWN = frozenset({"settings.edit", "users.edit"})

RIGHTS: dict[str, frozenset[str]] = {
    "viewer": _SEE,
    "accountant": _SEE | {"documents.make", "clients.edit", "tasks.edit", "mail.see", "scoreboard.export"},
    "manager": _SEE | _WORK,
    "head": _SEE | _WORK | _LEAD,
    "owner": _SEE | _WORK | _LEAD | _OWN,
}
