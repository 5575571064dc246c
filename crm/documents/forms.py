"""Forms of documents and templates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from crm.accounts.models import User
from crm.core.errors import DomainError
from crm.core.forms import (
    DayField,
    DecimalInput,
    Filled,
    Fits,
    Form,
    IdField,
    Line,
    MoneyField,
    MoneyForm,
    NumberField,
    Text,
    Ticks,
    refuse_far,
)
from crm.deals.models import Deal, Pipeline
from crm.documents import kinds, offering, parts
from crm.documents.paying import INVOICE
from crm.documents.queries import Choice
from crm.firms import queries as firms


def chosen(field: FileField) -> bool:
    """Whether somebody has chosen a file."""
    return bool(field.data and getattr(field.data, "filename", ""))


class MakeForm(MoneyForm):
    """What a new document is: the template, its day and its end."""

    ASKED = ("kind", "locale", "template", "dated", "valid_until", "account", "part", "percent", "sum", "line", "instead")

    kind = HiddenField()
    locale = HiddenField()
    template = HiddenField()
    account = HiddenField()
    dated = DayField(_l("Date"), since=2000, ahead=1)
    valid_until = DayField(_l("Valid until"), since=2000)
    part = SelectField(_l("The invoice is for"), choices=list(parts.KINDS.items()), validate_choice=False)
    percent = DecimalInput(_l("Percent"), low=Decimal("0.01"), high=100, places=2)
    sum = MoneyField(_l("Sum"))
    line = Ticks(_l("Lines"), coerce=int, validate_choice=False)
    seen = HiddenField()
    instead = IdField(widget=HiddenInput())  # the document that is corrected

    def wanted_part(self, usual: str) -> parts.Part | None:
        """What of the deal an invoice is for; `usual` where nobody said, nothing where nothing is usual."""
        if self.kind.data != INVOICE:
            return None
        kind = self.part.data if self.part.data in parts.KINDS else usual
        if not kind:
            return None
        percent = self.percent.data or parts.USUAL_PERCENT
        return parts.Part(kind, percent if kind == parts.PERCENT else None, self.sum.data if kind == parts.SUM else None,
                          tuple(self.line.data or ()) if kind == parts.LINES else ())

    def sound(self) -> bool:
        """Whether the days and the part can be, as they were typed: asked where the document is looked at and nothing is sent, too."""
        rules = {name: getattr(type(self), f"validate_{name}", None) for name in ("dated", "valid_until", "percent", "sum")}
        found = [self[name].validate(self, [rule] if rule else []) for name, rule in rules.items()]
        return all(found)

    def validate_percent(self, field: DecimalInput) -> None:
        """What stands there from another choice is in nobody's way."""
        if self.part.data != parts.PERCENT:
            field.errors = []

    def validate_sum(self, field: MoneyField) -> None:
        """Likewise. Nobody asks for nothing."""
        if self.part.data != parts.SUM:
            field.errors = []
        elif field.data == 0:
            raise ValidationError(_("Type a sum above zero."))

    def validate_valid_until(self, field: DayField) -> None:
        """A document does not end before it begins. A contract may end in a lifetime, an invoice is to be paid sooner."""
        if field.data and self.dated.data and field.data < self.dated.data:
            raise ValidationError(_("The document cannot expire before its own date. Change one of the two dates."))
        if field.data and self.kind.data == INVOICE:
            refuse_far(field.data, since=2000, ahead=10)

    def wanted(self) -> dict[str, str]:
        """Which template: kind, locale and its key."""
        return {"kind": self.kind.data or "", "locale": self.locale.data or "", "key": self.template.data or ""}

    def terms(self) -> dict[str, Any]:
        """The two days and our account; empty means what is usual."""
        return {"dated": self.dated.data, "valid_until": self.valid_until.data, "account": self.account.data or ""}


class BatchForm(Form):
    """Documents for all deals of a list."""

    kind = SelectField(_l("Kind of document"), choices=list(kinds.LABELS.items()))
    locale = SelectField(_l("Language"), choices=list(kinds.LANGUAGES.items()))
    dated = DayField(_l("Date"), since=2000, ahead=1)
    template = SelectField(_l("Template"), validate_choice=False)
    again = BooleanField(_l("Make for them too"))

    ASKED = ("kind", "locale", "dated", "template", "again")

    def offer(self, found: Sequence[Choice]) -> None:
        """The templates of the kind and language; without a choice each deal gets the one that is proposed for it."""
        self.template.choices = [("", _("the one proposed for each deal")), *((one.key, one.name) for one in found)]

    def key(self) -> str:
        """The template that was chosen for all; empty for none, and for one of another kind that is no longer offered."""
        return next((code for code, _name in self.template.choices or () if code == self.template.data), "")


class AcceptForm(Form):
    """The client accepts. There is no session to forge a request with, so no token against that; `key` is of one showing of the page."""

    key = HiddenField()
    name = Line(_l("Your name"), [Filled(_l("Type your name."))], limit=120)


class QuestionForm(Form):
    """A question of the client, from the same page."""

    key = HiddenField()
    asker = Line(_l("Your name"), [Filled(_l("Type your name."))], limit=120)
    text = Text(_l("Your question"), [Filled(_l("Type your question."))], limit=2000)


class NumberForm(Form):
    """How numbers of one kind are written."""

    pattern = Line(_l("How a number is written"), [Filled(_l("Put {N} where the number goes."))], limit=40, description=_l(
        "{N} is the number, {NNNN} the number as 0001, {YYYY} and {YY} the year, {MM} the month; the rest is as you type it."))
    yearly = BooleanField(_l("Begin with 1 each year"))
    following = DecimalInput(_l("Next number"), low=1, high=99_999_999, places=0, description=_l(
        "Only when it must go on from another one, as from your Excel. Leave it empty otherwise."))

    def rule(self) -> dict[str, Any]:
        """What `set_number_rule` takes."""
        typed = self.following.data
        return {"pattern": self.pattern.data or "", "yearly": bool(self.yearly.data), "following": None if typed is None else int(typed)}


class GenitiveForm(Form):
    """The three texts that a Russian contract needs in the genitive, to be confirmed."""

    signatory_name_genitive = Line(_l("Full name in the genitive"), limit=200)
    signatory_job_genitive = Line(_l("Job in the genitive"), limit=200)
    signatory_basis_genitive = Line(_l("Basis in the genitive"), limit=200)


class FillForm(GenitiveForm):
    """Details of the client's company that a document lacks; only those that were asked are read."""

    name = Line(_l("Name"), limit=300)
    legal_name = Line(_l("Legal name"), limit=400)
    inn = Line(_l("INN"), [Fits(20)], limit=60)
    kpp = Line(_l("KPP"), [Fits(9)], limit=60)
    ogrn = Line(_l("OGRN"), [Fits(15)], limit=60)
    vat_id = Line(_l("VAT number"), [Fits(20)], limit=60)
    legal_address = Line(_l("Legal address"), limit=400)
    city = Line(_l("City"), limit=120)
    signatory_name = Line(_l("Who signs: full name"), limit=200)
    signatory_job = Line(_l("Job of the signatory"), limit=200)
    signatory_basis = Line(_l("Acts on the basis of"), limit=200)
    bic = Line(_l("BIC"), [Fits(11)], limit=60)
    bank = Line(_l("Bank"), limit=200)
    account = Line(_l("Account number"), [Fits(34)], limit=60)
    corr_account = Line(_l("Correspondent account"), [Fits(20)], limit=60)
    sure = HiddenField()  # of what was told already, see `filling.mark`

    def tell(self, problems: Mapping[str, str], mark: str) -> None:
        """Show at the fields what is to be looked at; the form carries that it was shown."""
        self.sure.data = mark
        for name, sentence in problems.items():
            self[name].errors = [sentence]

    def sent(self) -> dict[str, str]:
        """The columns that were asked and filled in, those of the bank too."""
        return {field.name: field.data for field in self
                if isinstance(field, Line) and field.raw_data and field.data}


class PictureForm(Form):
    """A picture of ours for documents."""

    file = FileField(_l("PNG or JPEG, best with a transparent ground"))

    def validate_file(self, field: FileField) -> None:
        """A file must have been chosen."""
        if not chosen(field):
            raise ValidationError(_("Choose a picture."))


class OfferForm(Form):
    """For which deals a template is offered; nothing chosen: for all."""

    firms = Ticks(_l("Our companies"), coerce=int)
    pipelines = Ticks(_l("Pipelines"), coerce=int)
    stages = Ticks(_l("Stages"), coerce=int)
    clients = Ticks(_l("Clients"), choices=list(offering.CLIENTS.items()))
    vat = SelectField(_l("VAT of the deal"), choices=[("", _l("any")), *offering.VAT.items()])

    def set_choices(self, pipelines: Sequence[Pipeline]) -> None:
        """The pipelines in use and their open stages; where there are several, the companies of ours."""
        self.firms.choices = [(int(code), name) for code, name in firms.choices()]
        self.pipelines.choices = [(one.id, one.name) for one in pipelines]
        many = len(pipelines) > 1
        self.stages.choices = [(stage.id, f"{one.name}: {stage.name}" if many else stage.name) for one in pipelines for stage in one.stages]

    def told(self, terms: Mapping[str, Any]) -> str:
        """The terms of a template in words; empty for one that is offered for all deals."""
        said = {name: terms[name] if name != "vat" else [terms[name]] for name in offering.NAMES if terms.get(name)}
        return "; ".join(f"{self[name].label.text}: {', '.join(str(label) for value, label in self[name].choices if value in wanted)}"
                         for name, wanted in said.items())

    def terms(self) -> dict[str, Any]:
        """What `operations.offer` takes."""
        return {"firms": self.firms.data or [], "pipelines": self.pipelines.data or [], "stages": self.stages.data or [],
                "clients": self.clients.data or [], "vat": self.vat.data or ""}


class Chosen:
    """A file must have been chosen."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: FileField) -> None:
        """Say what to do where there is none."""
        if not chosen(field):
            raise ValidationError(_("Choose a Word file."))


class UploadForm(Form):
    """A Word file as the next version of a template."""

    kind = SelectField(_l("Kind of document"), choices=list(kinds.LABELS.items()))
    locale = SelectField(_l("Language"), choices=list(kinds.LANGUAGES.items()))
    file = FileField(_l("Word file (.docx)"), [Chosen()])

    def called(self) -> str:
        """The name of a new template."""
        return ""


class NewTemplateForm(UploadForm):
    """A Word file as a new template."""

    name = Line(_l("Name"), [Filled(_l("Type a name for the template."))], limit=200,
                description=_l("What your managers call it, such as “Quote for schools”"))

    def called(self) -> str:
        """As it is typed."""
        return self.name.data or ""


class TryForm(Form):
    """A deal to try a template on; without a choice the words that were typed."""

    deal = IdField(_l("Try it on a deal"))
    deal_text = Line()

    @classmethod
    def on(cls, deal: Deal | None) -> "TryForm":
        """With this deal chosen."""
        title = (deal.client_title or deal.title) if deal else ""
        return cls(formdata=None, data={"deal": deal.id if deal else None, "deal_text": title})


class StepForm(Form):
    """A step of a contract's way; `seen` is the version that stood on the page."""

    accepts = ""  # of its file
    seen = IdField(widget=HiddenInput())

    def version(self) -> int:
        """Its number; no version is the zeroth."""
        return int(self.seen.data or 0)

    def refuse(self, refusal: DomainError) -> None:
        """At its field, else above the form: nobody types it a second time."""
        if refusal.field in self._fields:
            super().refuse(refusal)
        else:
            self.form_errors.append(refusal.message)


class AskForm(StepForm):
    """Whom to ask, and by when."""

    lawyer = SelectField(_l("Who agrees it"))
    due_on = DayField(_l("Wanted by"))
    text = Text(_l("What to look at"), limit=2000)

    def set_people(self, people: Sequence[User]) -> None:
        """Those who may agree it."""
        self.lawyer.choices = [(str(one.id), one.name) for one in people]


class RemarkForm(StepForm):
    """A remark, with the words of the document that it is about."""

    quote = Text(_l("About these words of the document"), limit=2000, description=_l("Copy them from the text; may stay empty."))
    text = Text(_l("Remark"), [Filled(_l("Type the remark."))], limit=4000)


class AnswerForm(StepForm):
    """The answer to a remark."""

    text = Text(_l("Answer"), [Filled(_l("Type the answer."))], limit=4000)


class SignForm(StepForm):
    """The signed paper comes back."""

    accepts = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
    signed_on = DayField(_l("Signed on"), [Filled(_l("Choose the day."))])
    signed_by = Line(_l("Who signed"), [Filled(_l("Type the names of both who signed."))], limit=200)
    file = FileField(_l("Scan or photo: PDF, JPEG or PNG"))

    def validate_file(self, field: FileField) -> None:
        """A file must have been chosen."""
        if not chosen(field):
            raise ValidationError(_("Choose the scan of the signed paper."))


class KeepForm(StepForm):
    """Where the paper itself lies."""

    kept_where = Line(_l("Where the original lies"), [Filled(_l("Say where: folder, cabinet, who has it."))], limit=300)
    kept_on = DayField(_l("Since"), [Filled(_l("Choose the day."))])


class TermsForm(StepForm):
    """The days that a contract sets; a task comes up before each."""

    ends_on = DayField(_l("The contract ends on"))
    deliver_on = DayField(_l("Delivery by"))
    pay_on = DayField(_l("Payment by"))
    remind_days = NumberField(_l("Days before, for the task"), [Filled()], low=0, high=90)


class VersionForm(StepForm):
    """A new text of a document under its number."""

    accepts = ".docx"
    file = FileField(_l("Word file (.docx)"))
    kept = HiddenField()  # a file that was sent before and is asked about, see `doubts`

    def validate_file(self, field: FileField) -> None:
        """A file must have been chosen, now or before."""
        if not self.kept.data and not chosen(field):
            raise ValidationError(_("Choose a Word file."))


class RulesForm(Form):
    """Which kinds the lawyer agrees."""

    asked = Ticks(_l("The lawyer agrees before it is sent"), choices=list(kinds.LABELS.items()))
