"""Fields of our own company's details, shared by the first start and the settings."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

from crm.core.forms import Filled, Form, Line
from crm.core.money import CURRENCIES

TIMEZONES = ("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
             "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan",
             "Asia/Kamchatka", "Europe/Minsk", "Asia/Almaty", "Asia/Tashkent", "Asia/Tbilisi", "Asia/Yerevan",
             "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Warsaw", "Europe/Helsinki",
             "Europe/Istanbul", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
             "Asia/Dubai", "Asia/Singapore", "Australia/Sydney", "UTC")
GENITIVE = ("signatory_name_genitive", "signatory_job_genitive", "signatory_basis_genitive")
VAT_RATES = (("", _l("without VAT")),
             *((rate, _l("%(rate)s%%", rate=rate)) for rate in ("22", "20", "10", "7", "5", "0")))


def _rate(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


class CompanyFields(Form):
    """Name, money and requisites of our own company."""

    name = Line(_l("Company"), [Filled(_l("Type the name of your company."))], limit=200)
    currency = SelectField(_l("Currency"), choices=[(code, code) for code in CURRENCIES])
    timezone = SelectField(_l("Time zone"), choices=[(zone, zone) for zone in TIMEZONES])
    vat_rate = SelectField(_l("Default VAT"), choices=VAT_RATES, coerce=lambda value: "" if value is None else str(value))
    vat_ground = Line(_l("Ground for no VAT"), limit=200,
                      description=_l("Papers without VAT name it, such as “article 145 of the Tax Code”."))
    legal_name = Line(_l("Legal name"))
    inn = Line(_l("Tax number (INN)"), limit=20)
    kpp = Line(_l("KPP"), limit=9)
    ogrn = Line(_l("Registration number (OGRN)"), limit=15)
    vat_id = Line(_l("VAT ID"), limit=20)
    address = Line(_l("Address"), limit=400)
    phone = Line(_l("Phone"), limit=60)
    email = Line(_l("E-mail"), limit=200)
    bank = Line(_l("Bank"), limit=200)
    bic = Line(_l("Bank code (BIC)"), limit=11)
    account = Line(_l("Account"), limit=34)
    corr_account = Line(_l("Correspondent account"), limit=20)
    signatory_name = Line(_l("Who signs: full name"), limit=200)
    signatory_job = Line(_l("Job of the signatory"), limit=200)
    signatory_basis = Line(_l("Signs on the basis of"), limit=200, description=_l("Charter, or power of attorney No. ..."))

    def company(self) -> dict[str, Any]:
        """The typed details by the names of the columns."""
        names = ("name", "currency", "timezone", "legal_name", "inn", "kpp", "ogrn", "vat_id", "vat_ground", "address", "phone",
                 "email", "bank", "bic", "account", "corr_account", "signatory_name", "signatory_job",
                 "signatory_basis", *GENITIVE)
        return {**{name: self[name].data or "" for name in names if name in self}, "vat_rate": _rate(self["vat_rate"].data)}

    def keep_zone(self, zone: str) -> None:
        """A zone that was set elsewhere stays choosable."""
        if zone not in TIMEZONES:
            self.timezone.choices = [(zone, zone), *self.timezone.choices]


class ConfirmedFields(CompanyFields):
    """The details with the genitive of who signs, as a person has confirmed it."""

    version = HiddenField()
    signatory_name_genitive = Line(_l("Full name in the genitive"), limit=200)
    signatory_job_genitive = Line(_l("Job in the genitive"), limit=200)
    signatory_basis_genitive = Line(_l("Basis in the genitive"), limit=200)

    def seen(self) -> int | None:
        """The version that the form was opened with."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else None


def email_problem(text: str | None) -> str | None:
    """A sentence when the text cannot be an e-mail address, None when it can (or is empty)."""
    text = (text or "").strip()
    name, at, host = text.rpartition("@")
    if not text or (at and name and "." in host.strip(".") and " " not in text and len(text) <= 200):
        return None
    return _("This is not an e-mail address. It should look like name@company.com.")
