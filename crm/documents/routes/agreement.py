"""The way of a contract: what waits for the lawyer, and each step of a document from its draft to the kept paper."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.core import files
from crm.core.access import need
from crm.core.dates import today
from crm.core.db import db
from crm.core.errors import DomainError, Stale
from crm.core.once import already, keep
from crm.core.web import go, go_url, render, toast
from crm.documents import access, agreeing, kinds, operations, states
from crm.documents.forms import AnswerForm, AskForm, KeepForm, RemarkForm, RulesForm, SignForm, StepForm, TermsForm
from crm.documents.models import REMIND_DAYS, Document
from crm.documents.routes.attachments import attachment
from crm.documents.routes.documents import stepped

blueprint = Blueprint("agreement", __name__, url_prefix="/documents")
# the title of each dialog and the word on its button
DIALOGS: dict[str, tuple[LazyString, LazyString]] = {
    "ask": (_l("Ask the lawyer"), _l("Send to the lawyer")), "give_back": (_l("Return with a remark"), _l("Return")),
    "remark": (_l("Remark"), _l("Add")), "answer": (_l("Answer"), _l("Answer")), "sign": (_l("The signed paper"), _l("Signed")),
    "keep_original": (_l("Where the original lies"), _l("Save")), "terms": (_l("Days of the contract"), _l("Save"))}

# what a step back undoes
UNDONE: dict[str, LazyString] = {
    states.SIGNED: _l("It counts as sent then, no longer as signed: the scan, the day and the names of those who signed are taken off. "
                      "The timeline keeps that they were there."),
    states.KEPT: _l("It counts as signed then: where the original lies is taken off. The timeline keeps it.")}


@blueprint.get("/agreement")
@need("documents.agree")
def index() -> ResponseReturnValue:
    """What waits for this person, the longest first."""
    return render("agreement/index.html", rows=agreeing.waiting(access.actor()), kinds=kinds, today=today())


def _dialog(document: Document, what: str, form: StepForm, status: int = 200, *, newer: bool = False, **ids: Any) -> ResponseReturnValue:
    """The form of a step, over the page or as one of its own. `newer`: a version has come since the page beneath was opened."""
    form.seen.data = form.seen.data or document.revision
    return render("agreement/form.html", "agreement/_form.html", document=document, form=form, title=DIALOGS[what][0], newer=newer,
                  label=DIALOGS[what][1], action=url_for(f".{what}", document_id=document.id, **ids), kinds=kinds, status=status)


def _filled(document: Document, what: str, form: StepForm, work: Callable[[], Any], **ids: Any) -> ResponseReturnValue:
    """Show the form; when it is sent, do the step and go back to the document. A rule that says no stands at its field."""
    if not form.validate_on_submit():
        return _dialog(document, what, form, 422 if form.errors else 200, **ids)
    back = url_for("documents.show", document_id=document.id)
    if already(form.once.data) is None:
        try:
            work()
        except DomainError as refusal:
            return _refused(document, what, form, refusal, **ids)
        keep(form.once.data, back)
    return go("documents.show", document_id=document.id)


def _refused(document: Document, what: str, form: StepForm, refusal: DomainError, **ids: Any) -> ResponseReturnValue:
    """The form again with what was typed. What a lawyer has written is of use for the newer version too, when they have looked at it."""
    db.session.rollback()  # the newer version is read, and nobody waits for this page
    newer = isinstance(refusal, Stale) and what == "give_back" and form.version() < document.revision
    if newer:
        form.seen.raw_data, form.seen.data = None, document.revision
    else:
        form.refuse(refusal)
    return _dialog(document, what, form, refusal.status, newer=newer, **ids)


@blueprint.route("/<int:document_id>/ask", methods=["GET", "POST"])
@need("documents.make")
def ask(document_id: int) -> ResponseReturnValue:
    """To the lawyer."""
    document = access.document(document_id, "documents.make")
    people = agreeing.lawyers(document)
    form = AskForm(data={"due_on": operations.due_by_default(today()), "lawyer": str(people[0].id) if people else ""})
    form.set_people(people)
    return _filled(document, "ask", form, lambda: operations.ask_lawyer(
        document, seen=form.version(), lawyer=next((one for one in people if str(one.id) == form.lawyer.data), None),
        due_on=form.due_on.data, text=form.text.data or "", actor=access.actor()))


def _step(document_id: int, right: str, work: Callable[..., Any], told: LazyString) -> ResponseReturnValue:
    """A step of one tap."""
    def take(document: Document, seen: int) -> None:
        work(document, seen=seen, actor=access.actor())
        toast(str(told))

    return stepped(document_id, right, take)


@blueprint.post("/<int:document_id>/withdraw")
@need("documents.make")
def withdraw(document_id: int) -> ResponseReturnValue:
    """Back from the lawyer before a word was said."""
    return _step(document_id, "documents.make", operations.take_from_lawyer, _l("It is a draft again."))


@blueprint.post("/<int:document_id>/agree")
@need("documents.agree")
def agree(document_id: int) -> ResponseReturnValue:
    """The lawyer agrees."""
    return _step(document_id, "documents.agree", operations.agree, _l("Agreed. It may be sent now."))


@blueprint.route("/<int:document_id>/return", methods=["GET", "POST"])
@need("documents.agree")
def give_back(document_id: int) -> ResponseReturnValue:
    """The lawyer returns it."""
    document, form = access.document(document_id, "documents.agree"), RemarkForm()
    return _filled(document, "give_back", form, lambda: operations.give_back(
        document, seen=form.version(), text=form.text.data or "", quote=form.quote.data or "", actor=access.actor()))


@blueprint.post("/<int:document_id>/sent")
@need("documents.make")
def sent(document_id: int) -> ResponseReturnValue:
    """Handed to the client on paper, or in a way that the program does not know."""
    return _step(document_id, "documents.make", operations.note_sent, _l("Noted as sent."))


@blueprint.route("/<int:document_id>/sign", methods=["GET", "POST"])
@need("documents.make")
def sign(document_id: int) -> ResponseReturnValue:
    """The signed paper comes back."""
    document, form = access.document(document_id, "documents.make"), SignForm(data={"signed_on": today()})
    return _filled(document, "sign", form, lambda: operations.sign(
        document, seen=form.version(), scan=form.file.data.read(files.MAX_UPLOAD + 1), signed_on=form.signed_on.data or today(),
        signed_by=form.signed_by.data or "", actor=access.actor()))


@blueprint.get("/<int:document_id>/scan")
@need("documents.see")
def scan(document_id: int) -> ResponseReturnValue:
    """The scan of the signed paper."""
    row = agreeing.agreement(access.document(document_id))
    if row is None or row.scan_digest is None:
        abort(404)
    return attachment(files.read(row.scan_digest), row.scan_name, operations.MIMES[row.scan_kind])


@blueprint.route("/<int:document_id>/keep", methods=["GET", "POST"])
@need("documents.make")
def keep_original(document_id: int) -> ResponseReturnValue:
    """Where the paper itself lies."""
    document = access.document(document_id, "documents.make")
    row = agreeing.agreement(document)
    form = KeepForm(data={"kept_where": row.kept_where if row else "", "kept_on": (row.kept_on if row else None) or today()})
    return _filled(document, "keep_original", form, lambda: operations.keep_original(
        document, seen=form.version(), where=form.kept_where.data or "", on=form.kept_on.data or today(), actor=access.actor()))


@blueprint.get("/<int:document_id>/step-back")
@need("documents.make")
def ask_to_step_back(document_id: int) -> ResponseReturnValue:
    """Whether it is really not signed, or not kept: what goes with that. Nobody is asked about what they cannot do."""
    document, back = access.document(document_id, "documents.make"), url_for("documents.show", document_id=document_id)
    if document.state not in UNDONE or not access.takes_back(document):
        return go_url(back)
    title = _("Take %(title)s one step back?", title=f"{kinds.LABELS[document.kind]} {document.numbered}")
    return render("layout/confirm.html", "layout/_confirm.html", title=title, text=UNDONE[document.state], label=_("Take one step back"),
                  action=url_for(".step_back", document_id=document_id), back=back, hidden={"seen": document.revision})


@blueprint.post("/<int:document_id>/step-back")
@need("documents.make")
def step_back(document_id: int) -> ResponseReturnValue:
    """Signed or kept by mistake."""
    access.signed(document_id)
    return _step(document_id, "documents.make", operations.step_back, _l("Taken one step back."))


@blueprint.route("/<int:document_id>/terms", methods=["GET", "POST"])
@need("documents.make")
def terms(document_id: int) -> ResponseReturnValue:
    """The days that the contract sets."""
    document = access.document(document_id, "documents.make")
    form = TermsForm(obj=agreeing.agreement(document), **({} if agreeing.agreement(document) else {
        "ends_on": document.valid_until, "remind_days": REMIND_DAYS}))
    return _filled(document, "terms", form, lambda: operations.set_terms(
        document, actor=access.actor(), remind_days=int(form.remind_days.data or 0), ends_on=form.ends_on.data,
        deliver_on=form.deliver_on.data, pay_on=form.pay_on.data))


@blueprint.route("/<int:document_id>/remarks", methods=["GET", "POST"])
@need("documents.make")
def remark(document_id: int) -> ResponseReturnValue:
    """A remark on the text as it is."""
    document, form = access.document(document_id, "documents.make"), RemarkForm()
    return _filled(document, "remark", form, lambda: operations.add_remark(
        document, text=form.text.data or "", quote=form.quote.data or "", actor=access.actor()))


@blueprint.route("/<int:document_id>/remarks/<int:remark_id>/answer", methods=["GET", "POST"])
@need("documents.make")
def answer(document_id: int, remark_id: int) -> ResponseReturnValue:
    """An answer to a remark."""
    document, said = access.remark(document_id, remark_id)
    form = AnswerForm()
    return _filled(document, "answer", form, lambda: operations.add_remark(
        document, text=form.text.data or "", parent=said, actor=access.actor()), remark_id=remark_id)


@blueprint.post("/<int:document_id>/remarks/<int:remark_id>/settle")
@need("documents.make")
def settle(document_id: int, remark_id: int) -> ResponseReturnValue:
    """Done with it."""
    document, said = access.remark(document_id, remark_id)
    operations.settle(document, [said], actor=access.actor())
    return go("documents.show", document_id=document.id)


@blueprint.post("/<int:document_id>/remarks/settle")
@need("documents.make")
def settle_all(document_id: int) -> ResponseReturnValue:
    """Done with all of them."""
    document = access.document(document_id, "documents.make")
    operations.settle(document, [one.remark for one in agreeing.threads(document)], actor=access.actor())
    return go("documents.show", document_id=document.id)


@blueprint.post("/agreement/rules")
@need("settings.edit")
def save_rules() -> ResponseReturnValue:
    """Which kinds the lawyer agrees."""
    form = RulesForm()
    if not form.validate():
        abort(400)
    operations.set_rules(form.asked.data or [], actor=access.actor())
    toast(_("Saved."))
    return go("numbers.index")

