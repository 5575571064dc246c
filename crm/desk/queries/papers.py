"""Documents made lately, for those who work with papers."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents.models import Document


def latest_documents(user: User, *, limit: int = 10) -> Sequence[Document]:
    """The newest documents of deals that the person may see, with their clients."""
    query = (sa.select(Document).join(Document.deal).where(Deal.deleted_at.is_(None))
             .options(joinedload(Document.deal).joinedload(Deal.company),
                      joinedload(Document.deal).joinedload(Deal.contact))
             .order_by(Document.created_at.desc(), Document.id.desc()).limit(limit))
    return db.session.scalars(scope.narrow(query, Deal.manager_id, user, "documents.see")).all()
