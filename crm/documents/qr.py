"""The payment code of Russian invoices: GOST R 56042-2014, version ST0001, UTF-8 (2).

The first five fields are obligatory and stand in this order; the separator must not occur in a value.
"""

import io
import re
from collections.abc import Mapping
from functools import lru_cache

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.core.company_columns import OwnDetails
from crm.documents import engine

TEXT = "qr_text"  # what the code says is kept with the data of a document under this name, so that it can be drawn again
WIDTH_MM = 32
LIMITS = {"Name": 160, "BankName": 45, "Purpose": 210}


def payload(company: OwnDetails, bank: Mapping[str, str], *, kopecks: int, purpose: str) -> str | None:
    """The text of the code, paid to this account; None when the Russian bank details are not complete."""
    name = company.legal_name or company.name
    if not (name and bank["bank"] and len(bank["account"]) == 20 and len(bank["bic"]) == 9
            and len(bank["corr_account"]) == 20 and kopecks > 0):
        return None
    fields = {"Name": name, "PersonalAcc": bank["account"], "BankName": bank["bank"], "BIC": bank["bic"],
              "CorrespAcc": bank["corr_account"], "Sum": str(kopecks), "Purpose": purpose,
              "PayeeINN": company.inn, "KPP": company.kpp}
    pairs = [f"{key}={_plain(value)[:LIMITS.get(key, 300)]}" for key, value in fields.items() if value]
    return "|".join(["ST00012", *pairs])


def _plain(value: str) -> str:
    return " ".join(value.replace("|", " ").split())


def title() -> str:
    """What the picture is called for those who do not see it: in Russian, as Russian banks alone read it."""
    with force_locale("ru"):
        return _("QR code for payment")


def without(paper: str) -> str:
    """A paper as a web page, without the code and what stands beneath it: the page has one of its own, of what is left to pay."""
    with force_locale("ru"):
        caption = f">{_('Payment code')}<"
    return re.sub(f'<img [^>]*alt="{re.escape(title())}"[^>]*>', "", paper).replace(caption, "><")


@lru_cache(maxsize=256)
def picture(text: str, title: str) -> "engine.Picture":
    """The code as a picture, 32 mm wide with its quiet zone; the mask is fixed, which is five times quicker."""
    import segno  # slow to import, and only invoices need it

    out = io.BytesIO()
    segno.make(text, error="m", mask=2, micro=False, boost_error=False).save(out, kind="png", scale=6, border=2)
    return engine.Picture(out.getvalue(), WIDTH_MM, title=title)
