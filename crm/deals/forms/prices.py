"""The form of a deal's price list."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from crm.catalog.models import PriceList
from crm.core.forms import Form


class ChooseListForm(Form):
    """By kind of client, or one of the lists."""

    price_list_id = RadioField(_l("Price list"))
    for_client = BooleanField(_l("For all further deals of this client too"))

    def offer(self, lists: Sequence[PriceList], *, client: str) -> None:
        """Lists to choose from; the tick only where there is a client."""
        self.price_list_id.choices = [("", _("By the kind of client")), *((str(one.id), one.name) for one in lists)]
        if not client:
            del self.for_client

    @property
    def wants_client(self) -> bool:
        """Whether it is meant for the client."""
        return bool(self.for_client and self.for_client.data)
