"""The stamp of a signed cookie: when it was made, by the clock of then."""

from typing import Any

from itsdangerous import SignatureExpired, TimestampSigner

from crm.core.db import utcnow


class Signer(TimestampSigner):
    """Takes a stamp of the future, too: a cookie signed before the clock was set back is as good as it was."""

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """Its parent calls whatever is younger than no age at all too old."""
        try:
            return super().unsign(signed_value, max_age, return_timestamp)  # type: ignore[call-overload]
        except SignatureExpired as error:
            if error.date_signed is None or error.date_signed <= utcnow():
                raise
            return super().unsign(signed_value, None, return_timestamp)  # type: ignore[call-overload]
