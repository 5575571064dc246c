"""Deals by words."""

import sqlalchemy as sa

from crm.accounts.models import User
from crm.clients import hiding
from crm.clients.models import Company, Contact
from crm.core import finding
from crm.core.text import words_filter
from crm.deals import reach
from crm.deals.models import Deal


def worded(q: str, reader: User) -> list[sa.ColumnElement[bool]]:
    """Every word stands in the deal, its company or its person; the query joins both."""
    client = {"company_id": hiding.searched(Company, reader), "contact_id": hiding.searched(Contact, reader)}
    columns = (Deal.search_text, *(sa.func.coalesce(reach.searched(model, reader), "") for model in (Company, Contact)))
    words = zip(*(words_filter(column, q) for column in columns), strict=True)
    return [*(sa.or_(*word) for word in words), *finding.near_around(Deal.search_text, client, q)]
