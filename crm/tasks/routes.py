"""Tasks: the list by urgency, the dialog of one, done and undone, those of a deal."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.accounts import queries as accounts
from crm.accounts import scope
from crm.clients import access as clients
from crm.core import access, dates, modules, nav, once
from crm.core.web import go, go_url, nothing, render, toast, trigger, wants_fragment
from crm.deals.access import deal as the_deal
from crm.deals.access import sees
from crm.guard import counting
from crm.guard.mass import mass_act
from crm.tasks import lines, operations
from crm.tasks.access import actor
from crm.tasks.access import task as the_task
from crm.tasks.forms import TaskForm
from crm.tasks.mass import DELETE
from crm.tasks.models import Task

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")
WHOSE = ("mine", "all")


@blueprint.get("")
@access.need("tasks.see")
def index() -> ResponseReturnValue:
    """Overdue, today, later: one's own or those of all whom one sees."""
    whose = request.args.get("whose", "mine")
    kind = request.args.get("kind", "")
    every = request.args.get("every") == "1"
    groups = lines.by_urgency(actor(), whose=whose, kind=kind, every=every)
    counting.show("tasks.index", sum(len(group.tasks) for group in groups))
    return render("tasks/index.html", "tasks/_list.html", groups=groups,
                  whose=whose if whose in WHOSE else "mine", kind=kind, every=every, team=_sees_others())


def _sees_others() -> bool:
    owners = scope.visible_owners(actor(), "tasks.see")
    return owners is None or len(owners) > 1


@blueprint.route("/new", methods=["GET", "POST"])
@access.need("tasks.edit")
def new() -> ResponseReturnValue:
    """A task, of a deal or of a client or of nothing; sending it twice makes one."""
    form = TaskForm(data=_proposed())
    form.set_people(_people(), actor())
    cards = _cards(form)
    if not form.validate_on_submit():
        return _dialog(form, None, **cards)
    if once.already(form.once.data) is None:
        operations.create_task(actor=actor(), **form.fields(), **cards)
        once.keep(form.once.data, url_for("tasks.index"))
    toast(_("The task is added."))
    return _changed(**cards)


def _people() -> list[Any]:
    """Whom one may give a task to: those whom one sees, at least oneself."""
    owners = scope.visible_owners(actor(), "tasks.edit")
    return [person for person in accounts.users() if owners is None or person.id in owners]


def _proposed() -> dict[str, Any]:
    args = request.args
    return {"assignee_id": str(actor().id), "due_on": dates.today(), "deal_id": args.get("deal", type=int),
            "contact_id": args.get("contact", type=int), "company_id": args.get("company", type=int)}


def _cards(form: TaskForm) -> dict[str, Any]:
    """The cards that the new task is about; 404 for one that is not theirs to see."""
    return {"deal": the_deal(form.deal_id.data, "see") if form.deal_id.data else None,
            "contact": clients.contact(form.contact_id.data) if form.contact_id.data else None,
            "company": clients.company(form.company_id.data) if form.company_id.data else None}


@blueprint.route("/<int:task_id>", methods=["GET", "POST"])
@access.need("tasks.edit")
def edit(task_id: int) -> ResponseReturnValue:
    """Change a task; the button "done" of the same form also keeps the result."""
    task = the_task(task_id, "edit")
    form = TaskForm(data=_shown(task))
    form.set_people(_people(), task.assignee)
    if not form.validate_on_submit():
        return _dialog(form, task)
    operations.update_task(task, actor=actor(), version=int(form.version.data or 0), **form.fields(),
                           result=form.result.data or "")
    if request.form.get("done") == "1":
        operations.complete_task(task, actor=actor())
    return _changed(deal=task.deal)


def _shown(task: Task) -> dict[str, Any]:
    return {"text": task.text, "kind": task.kind, "due_on": task.due_on, "due_time": task.due_time,
            "assignee_id": str(task.assignee_id or ""), "result": task.result, "version": task.version}


def _dialog(form: TaskForm, task: Task | None, **cards: Any) -> ResponseReturnValue:
    return render("tasks/edit.html", "tasks/_edit.html", form=form, task=task, **{"deal": None, **cards},
                  status=422 if form.errors else 200)


def _changed(deal: Any = None, **_cards: Any) -> ResponseReturnValue:
    """HTMX pages refresh what listens; others go back to where the task belongs."""
    if wants_fragment():
        trigger("close-dialog")
        trigger("task-changed")
        if deal is not None:
            trigger("deal-changed")
        return nothing()
    return go_url(url_for("deals.show", deal_id=deal.id)) if deal is not None and sees(deal) else go("tasks.index")


@blueprint.post("/<int:task_id>/done")
@access.need("tasks.edit")
def done(task_id: int) -> ResponseReturnValue:
    """Done by one tap; the toast takes it back."""
    task = the_task(task_id, "edit")
    operations.complete_task(task, actor=actor(), result=request.form.get("result", "")[:5000])
    toast(_("Done: %(what)s.", what=task.text), undo=url_for("tasks.undone", task_id=task.id))
    return _changed(deal=task.deal)


@blueprint.post("/<int:task_id>/undone")
@access.need("tasks.edit")
def undone(task_id: int) -> ResponseReturnValue:
    """Not done after all."""
    task = the_task(task_id, "edit")
    operations.reopen_task(task, actor=actor())
    return _changed(deal=task.deal)


@blueprint.post("/<int:task_id>/day")
@access.need("tasks.edit")
def put_off(task_id: int) -> ResponseReturnValue:
    """To another day by one tap: `on` is a day, such as 2026-12-01 or "tomorrow"."""
    task = the_task(task_id, "edit")
    try:
        day = dates.parse_day(request.form.get("on", "")[:100])
    except ValueError as error:
        raise operations.TaskError(_("There is no such day. Type it as 31.12.2026.")) from error
    operations.update_task(task, actor=actor(), due_on=day)
    return _changed(deal=task.deal)


@blueprint.post("/<int:task_id>/delete")
@access.need("tasks.delete")
def delete(task_id: int) -> ResponseReturnValue:
    """Away with it."""
    task = the_task(task_id, "delete")
    deal, text = task.deal, task.text
    if (waiting := mass_act(DELETE, [task.id])) is not None:
        return waiting
    toast(_("Deleted: %(what)s.", what=text))
    return _changed(deal=deal)


@blueprint.get("/of/deal/<int:deal_id>")
@access.need("tasks.see")
def of_deal(deal_id: int) -> ResponseReturnValue:
    """The panel of a deal's page."""
    deal = the_deal(deal_id, "see")
    return render("tasks/of_deal.html", "tasks/_of_deal.html", deal=deal, tasks=lines.of_deal(deal, actor()))


modules.declare("tasks", _l("Tasks"),
                _l("Calls, meetings and letters with dates; the earliest is the deal's next step."), "tasks")
nav.add("tasks.index", "task", _l("Tasks"), "tasks.see", 40, module="tasks")
nav.add("tasks.new", "task", _l("Task"), "tasks.edit", 30, where="create", module="tasks")
