"""The refusal of the deals feature."""

from crm.core.errors import DomainError


class DealError(DomainError):
    """A deal or a pipeline cannot be changed like that; the text says what to do."""
