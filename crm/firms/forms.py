"""Forms of companies of ours."""

from flask_babel import lazy_gettext as _l

from crm.core.company_fields import ConfirmedFields
from crm.core.forms import Filled, Form, Line


class FirmForm(ConfirmedFields):
    """A company beside the first: the money and the clock are those of the first one."""

    currency = None
    timezone = None


class AccountForm(Form):
    """A bank account of ours."""

    bank = Line(_l("Bank"), [Filled(_l("Name the bank."))], limit=200)
    bic = Line(_l("Bank code (BIC)"), limit=11)
    account = Line(_l("Account"), [Filled(_l("Type the number of the account."))], limit=34)
    corr_account = Line(_l("Correspondent account"), limit=20)


class WhichForm(Form):
    """An account by its number."""

    account = Line(_l("Account"), [Filled()], limit=34)
