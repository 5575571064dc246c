"""Phone numbers: E.164 for calling and comparing, the typed form kept for people."""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def e164(typed: str, region: str = "RU") -> str | None:
    """'8 (901) 123-45-67' as '+79011234567'; None when it is no valid number of the region or the world."""
    import phonenumbers  # slow, and it waits for the first number

    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def pretty(number: str) -> str:
    """+79011234567 as '+7 901 123-45-67'; what cannot be read is shown as it is."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def digits(typed: str) -> str:
    """Only the digits, for searching."""
    return re.sub(r"\D", "", typed)
