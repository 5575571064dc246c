"""What the owner has settled about payments. Kept on the company's own row, which every request reads anyway."""

from collections.abc import Mapping
from typing import Any

from crm.accounts import queries
from crm.documents.ways import QR, TRANSFER

DEFAULTS: Mapping[str, Any] = {
    "ways": [TRANSFER, QR],  # how clients may pay, on the page of an invoice
    "card_link": "",  # the address of a payment page, with {number} and {sum} in it
    "task_after": 1,  # days past due after which the manager gets a task
    "letters": False,  # whether clients are reminded by letter
    "letter_after": 3,  # and after how many days past due
}


def rules() -> Mapping[str, Any]:
    """The company's rules over the defaults."""
    organization = queries.organization()
    return {**DEFAULTS, **(organization.billing if organization else {})}
