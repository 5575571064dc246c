"""Short secrets that leave the program or lie in its tables: encrypted with a key made from SECRET_KEY, another one for each use."""

import base64
from typing import Any

from flask import current_app


def _box(use: str) -> Any:
    from cryptography.fernet import Fernet  # slow libraries are imported when something is sealed
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    made = HKDF(SHA256(), 32, salt=None, info=f"voronka {use}".encode()).derive(current_app.config["SECRET_KEY"].encode())
    return Fernet(base64.urlsafe_b64encode(made))


def seal(text: str, use: str) -> str:
    """The text as nobody else can read or make it; letters, digits, - and _ only, but for = at the end."""
    sealed: str = _box(use).encrypt(text.encode()).decode()
    return sealed


def unseal(sealed: str, use: str) -> str | None:
    """The text, or None when it was sealed for another use, changed, or SECRET_KEY is another one by now."""
    from cryptography.fernet import InvalidToken  # slow libraries are imported when something is sealed

    try:
        opened: str = _box(use).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None
    return opened
