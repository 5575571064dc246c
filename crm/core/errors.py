"""The one base of refusals that a person can act on."""


class DomainError(Exception):
    """A rule of the trade says no. The text is shown to the person: it says what to do.

    `field` names the field of a form that it is about; the form shows it there (`core/forms.Form.refuse`).
    """

    status = 409

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


class NotAllowed(DomainError):  # noqa: N818 - reads like the trade: raise NotAllowed(...)
    """The role of this person may not open this page or do this act: 403 with a sentence."""

    status = 403


class Stale(DomainError):  # noqa: N818
    """Somebody else changed the record since it was shown."""
