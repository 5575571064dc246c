"""The one base of refusals that a person can act on."""


class DomainError(Exception):
    """A rule of the trade says no. The text is shown to the person: it says what to do."""

    status = 409

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAllowed(DomainError):  # noqa: N818 - reads like the trade: raise NotAllowed(...)
    """The role of this person may not open this page or do this act: 403 with a sentence."""

    status = 403


class Stale(DomainError):  # noqa: N818
    """Somebody else changed the record since it was shown."""
