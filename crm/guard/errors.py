"""Refusals of the guard."""

from crm.core.errors import DomainError


class LimitReached(DomainError):  # noqa: N818 - reads like the trade
    """More than the owner allows a day: 403, with what to do instead."""

    status = 403


class Busy(DomainError):  # noqa: N818
    """Enough files are being made at this moment."""

    status = 503


class MassError(DomainError):
    """A mass act cannot be asked for or decided like that."""
