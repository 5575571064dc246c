"""Passwords: argon2id, at most two hashes at once, never under the database's write lock."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from flask import current_app
from flask_babel import gettext as _

from crm.core.errors import DomainError

MIN_LENGTH = 8
_FIRST_GUESSES = """
12345678 123456789 1234567890 0987654321 87654321 11111111 00000000 88888888 12341234 12344321 11223344 1q2w3e4r
1q2w3e4r5t 1qaz2wsx q1w2e3r4 qwertyui qwertyuiop qwerty123 qwerty12 qwerty1234 asdfghjk asdfghjkl zxcvbnm1 password
password1 password12 password123 passw0rd p@ssw0rd iloveyou sunshine princess football baseball superman trustno1
letmein1 welcome1 welcome123 admin123 admin1234 administrator changeme abcd1234 abc12345 a1234567 computer internet
йцукенгш йцукенгшщз йцукен123 пароль123 пароль12 qazwsxedc
"""
_COMMON = frozenset(_FIRST_GUESSES.split())
_at_once = threading.BoundedSemaphore(2)  # one hash takes 64 MB
_in_line = threading.BoundedSemaphore(4)  # two hash, two wait: half of the threads stay free for everybody else
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$d9dNjTGsqXd5AtNCfKvoIEVP9mG0p8wtoCzvqkxRMsE"


def _hasher() -> PasswordHasher:
    if current_app.config.get("CHEAP_PASSWORDS"):
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher()


class Busy(DomainError):  # noqa: N818
    """More passwords are being checked than the machine can take."""

    status = 503


def is_common(password: str, email: str | None = None) -> bool:
    """Whether everybody's first guess would be this password: a common one, or what the person signs in with."""
    own, guess = (email or "").lower(), password.lower()
    return guess in _COMMON or (bool(own) and guess in (own, own.partition("@")[0]))


@contextmanager
def _turn() -> Iterator[None]:
    """One of two places at the hash. Busy at once when the line is full, so that nobody waits without end."""
    if not _in_line.acquire(blocking=False):
        raise Busy(_("Too many people are signing in right now. Try again in a few seconds."))
    try:
        with _at_once:
            yield
    finally:
        _in_line.release()


def make_hash(password: str) -> str:
    """The argon2id hash of a password (parameters of RFC 9106's second choice); Busy when the line is full."""
    with _turn():
        return _hasher().hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; an unknown person takes as long as a known one."""
    with _turn():
        try:
            return _hasher().verify(password_hash or _NOBODY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def code_hash(code: str, salt: str) -> str:
    """The argon2id hash of a recovery code with its person's salt, as 64 hexadecimal digits; Busy when the line is full."""
    cheap = current_app.config.get("CHEAP_PASSWORDS")
    with _turn():
        return hash_secret_raw(code.encode(), bytes.fromhex(salt), time_cost=1 if cheap else 2, memory_cost=8 if cheap else 19456,
                               parallelism=1, hash_len=32, type=Type.ID).hex()
