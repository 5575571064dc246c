"""The refusal of the demo."""

from crm.core.errors import DomainError


class DemoError(DomainError):
    """The demo company cannot be made or removed here; the sentence says what to do."""
