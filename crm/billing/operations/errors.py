"""The refusals of this feature."""

from crm.core.errors import DomainError


class PaymentError(DomainError):
    """A payment or the terms cannot be kept like that."""

    status = 422
