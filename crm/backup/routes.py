"""The owner's page of backups."""

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts.proof import ProofForm, proved
from crm.backup import finding, operations, queries
from crm.backup.copying import queries as copy_queries
from crm.backup.events import DOWNLOADED
from crm.backup.forms import RuleForm
from crm.backup.models import Backup
from crm.core import access, health, journal
from crm.core.db import reading
from crm.core.web import go, render, toast

blueprint = Blueprint("backups", __name__, url_prefix="/settings/backups")


@blueprint.get("/")
@access.need("backups.manage")
def index() -> ResponseReturnValue:
    """The last backup and its trial, the next one, where they go, the list, the rule."""
    return _page(RuleForm(obj=queries.rule()))


def _page(form: RuleForm, status: int = 200) -> ResponseReturnValue:
    kept = queries.backups()
    here = queries.names_here(kept)
    return render("backups/index.html", form=form, kept=kept, busy=queries.busy(), last=queries.last_good(),
                  failed=queries.failed_try(), status=status, next_at=queries.next_at(queries.rule()), spots=queries.spots(),
                  words=queries.verdict_words, here=here, key_changed=queries.key_changed(queries.last_good()),
                  gone=queries.names_gone(kept, here),
                  sealed=bool(current_app.config["BACKUP_KEY"]),
                  copy=copy_queries.state())


@blueprint.get("/progress")
@access.need("backups.manage")
def progress() -> ResponseReturnValue:
    """The part of the page that follows a backup on its way."""
    return render("backups/progress.html", "backups/_now.html", busy=queries.busy(), last=queries.last_good(),
                  failed=queries.failed_try(), words=queries.verdict_words, next_at=queries.next_at(queries.rule()))


@blueprint.post("/")
@access.need("backups.manage")
def make() -> ResponseReturnValue:
    """Ask for a backup now."""
    operations.ask_backup(why="button", actor=current_user)
    toast(_("The backup has been started. You can go on working."))
    return go("backups.index")


@blueprint.post("/rule")
@access.need("backups.manage")
def save_rule() -> ResponseReturnValue:
    """Keep the rule."""
    form = RuleForm()
    if not form.validate():
        return _page(form, 422)
    operations.save_rule(**form.rule())
    toast(_("Saved."))
    return go("backups.index")


def _kept(backup_id: int) -> Backup:
    return queries.find(backup_id) or abort(404)


@blueprint.route("/<int:backup_id>/download", methods=["GET", "POST"])
@access.need("backups.manage")
def download(backup_id: int) -> ResponseReturnValue:
    """Everything in one file, after the password: remembered like an export."""
    with reading():
        kept = _kept(backup_id)
        started_at, name = kept.started_at, kept.name or abort(404)
    form = ProofForm()
    if request.method == "GET" or not proved(form):
        return render("backups/download.html", form=form, started_at=started_at, status=422 if form.errors else 200)
    place = queries.folder_of(name) or abort(404, _("This backup is not on this machine. Take it from the place where it lies."))
    pieces = finding.tar_stream(place, name, finding.stored_names(place, name))
    journal.note(DOWNLOADED, actor_id=current_user.id, backup=name)
    return Response(pieces, mimetype="application/x-tar",
                    headers={"Content-Disposition": f'attachment; filename="{finding.tar_name(name)}"'})


health.declare("backups", _l("Backups"), queries.health, 20)
health.declare("copy", _l("Continuous copy"), copy_queries.health, 21)
