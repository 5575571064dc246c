"""The form of a file to import."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField
from wtforms.validators import ValidationError

from crm.core import files
from crm.core.forms import Form

LABELS = {
    "key": _l("key in the old system"), "title": _l("deal"), "manager": _l("manager"), "product": _l("product"),
    "company": _l("company"), "contact": _l("contact"), "stage": _l("stage"), "engaged_on": _l("started on"),
    "closed_on": _l("closed on"), "amount": _l("amount"), "source": _l("source"), "comment": _l("comment"),
    "next_step": _l("next step"), "full_name": _l("full name"), "surname": _l("surname"),
    "given_name": _l("given name"), "patronymic": _l("patronymic"), "job": _l("job"), "birthday": _l("birthday"),
    "name": _l("name"), "sku": _l("product code"), "group": _l("group"), "unit": _l("unit"), "price": _l("price"),
    "currency": _l("currency"), "vat_rate": _l("VAT, %"), "cost": _l("cost"), "margin": _l("margin, % of the price"),
    "markup": _l("markup, % of the cost"), "inn": _l("INN"), "city": _l("city"), "phone": _l("phone"), "email": _l("e-mail"),
}
KINDS = {"deals": _l("deals"), "contacts": _l("people"), "products": _l("products")}


class UploadForm(Form):
    """What the file holds, and the file."""

    what = RadioField(_l("The file holds"))
    file = FileField(_l("File"), description=_l(
        "CSV or Excel (.xlsx), up to %(limit)s MB; the first line names the columns.", limit=files.MAX_MEGABYTES))

    def offer(self, kinds: Sequence[str]) -> None:
        """Only what this sender may add."""
        self.what.choices = [(kind, KINDS[kind]) for kind in kinds]
        if not self.is_submitted():
            self.what.data = kinds[0] if kinds else None

    def validate_file(self, field: FileField) -> None:
        """There must be one."""
        if not field.data or not field.data.filename:
            raise ValidationError(_("Choose a file."))
