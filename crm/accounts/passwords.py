"""Passwords: argon2id, at most two hashes at once, never under the database's write lock."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

MIN_LENGTH = 8
_at_once = threading.BoundedSemaphore(2)  # one hash takes 64 MB
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$d9dNjTGsqXd5AtNCfKvoIEVP9mG0p8wtoCzvqkxRMsE"


def _hasher() -> PasswordHasher:
    if current_app.config.get("CHEAP_PASSWORDS"):
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher()


def make_hash(password: str) -> str:
    """The argon2id hash of a password (parameters of RFC 9106's second choice)."""
    with _at_once:
        return _hasher().hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; an unknown person takes as long as a known one."""
    with _at_once:
        try:
            return _hasher().verify(password_hash or _NOBODY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False
