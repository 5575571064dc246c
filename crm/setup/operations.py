"""The first start: a company, its pipeline, its owner and one deal to drag."""

from typing import Any

from flask_babel import gettext as _

from crm.accounts import operations as accounts
from crm.accounts.models import User
from crm.clients import operations as clients
from crm.deals import library
from crm.deals import operations as deals
from crm.documents import operations as documents


def begin(*, company: dict[str, Any], business: str, locale: str, owner_name: str, owner_email: str,
          password_hash: str) -> User:
    """Set the company up and give its owner; the link of the first start ends."""
    organization = accounts.ensure_organization(name=company["name"], currency=company["currency"])
    for name, value in {**company, "locale": locale, "business": business}.items():
        setattr(organization, name, value)
    owner = accounts.create_user(name=owner_name, email=owner_email, role="owner", password_hash=password_hash,
                                 locale=locale)
    pipeline = deals.create_pipeline(spec=library.load(business, locale), actor=owner)
    documents.install_templates(actor=owner)
    example = clients.create_company(actor=owner, name=_("Example client"), manager_id=owner.id)
    deals.create_deal(title=_("An example deal: drag it to the next stage"), pipeline=pipeline, actor=owner,
                      company=example, amount=0, currency=organization.currency, manager_id=owner.id)
    accounts.end_setup()
    return owner
