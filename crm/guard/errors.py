"""Refusals of the guard."""

from crm.core.errors import DomainError, Stale


class LimitReached(DomainError):  # noqa: N818 - reads like the trade
    """More than the owner allows a day: 403, with what to do instead."""

    status = 403


class Busy(DomainError):  # noqa: N818
    """Enough files are being made at this moment."""

    status = 503


class MassError(Stale):
    """A mass act was decided or grew since it was shown."""
