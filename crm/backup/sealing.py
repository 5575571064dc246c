"""Encryption of backups: a key from the passphrase by scrypt, then ChaCha20-Poly1305 over chunks.

Every chunk is authenticated with its number and with whether it is the last one (the STREAM construction), so a changed,
moved, missing or cut-off chunk is found before a byte of it is used. Each file has a key of its own.
"""

import hashlib
import hmac
import io
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import gettext as _

from crm.backup.problems import Damaged, WrongKey

MAGIC = b"VORONKA1"
CHUNK, TAG = 1024 * 1024, 16
SALT, FILE_ID, CHECK = 16, 32, 16
HEADER = len(MAGIC) + SALT + FILE_ID + CHECK
SCRYPT = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}


@lru_cache(maxsize=16)
def key_mark(passphrase: str, secret: str) -> str:
    """Tells one BACKUP_KEY from another without telling anything of it to who does not know SECRET_KEY; "" without one."""
    return hmac.new(secret.encode(), f"backup key {passphrase}".encode(), "sha256").hexdigest()[:12] if passphrase else ""


def master(passphrase: str, salt: bytes) -> bytes:
    """The key of an installation; slow on purpose, so it is reckoned once."""
    return hashlib.scrypt(passphrase.encode(), salt=salt, **SCRYPT)


def kept_salt(folder: Path) -> bytes:
    """The salt of this installation, made once in DATA_DIR; no secret, and every encrypted file carries it."""
    path = folder / "backup_salt"
    if not path.exists():
        draft = path.with_suffix(".part")
        draft.write_bytes(os.urandom(SALT))
        draft.replace(path)
    return path.read_bytes()[:SALT]


def hidden_name(key: bytes, digest: str) -> str:
    """The name of a stored file: tells nobody without the key which content it holds."""
    return hmac.new(key, b"name" + digest.encode(), hashlib.sha256).hexdigest()


def sealed_size(size: int) -> int:
    """How long the encrypted form of `size` bytes is."""
    return HEADER + size + TAG * max(1, -(-size // CHUNK))


def _file_key(key: bytes, file_id: bytes) -> bytes:
    return hmac.new(key, b"file" + file_id, hashlib.sha256).digest()


def _check(key: bytes, start: bytes) -> bytes:
    return hmac.new(key, b"check" + start, hashlib.sha256).digest()[:CHECK]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # slow to import, needed at night

    return ChaCha20Poly1305(key)


class Sealer(io.RawIOBase):
    """Write plain bytes, get an encrypted file; without `close()` the file has no end and is refused."""

    def __init__(self, target: BinaryIO, passphrase: str, salt: bytes) -> None:
        self.target, self.number, self.waiting = target, 0, bytearray()
        key, file_id = master(passphrase, salt), os.urandom(FILE_ID)
        self.start = MAGIC + salt + file_id
        self.start += _check(key, self.start)
        self.cipher = _cipher(_file_key(key, file_id))
        target.write(self.start)

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:
        """Take any number of bytes."""
        self.waiting += data
        while len(self.waiting) > CHUNK:
            self._put(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]
        return len(data)

    def _put(self, part: bytes, *, last: bool) -> None:
        self.target.write(self.cipher.encrypt(_nonce(self.number, last), part, self.start))
        self.number += 1

    def close(self) -> None:
        """Write the last chunk; the target stays open."""
        if not self.closed:
            self._put(bytes(self.waiting), last=True)
            super().close()


class Unsealer(io.RawIOBase):
    """Read the plain bytes of an encrypted file; Damaged when they are not what was written."""

    def __init__(self, source: BinaryIO, start: bytes, key: bytes) -> None:
        self.source, self.start, self.number, self.ended = source, start, 0, False
        file_id = start[len(MAGIC) + SALT:len(MAGIC) + SALT + FILE_ID]
        self.cipher = _cipher(_file_key(key, file_id))
        self.ahead, self.ready = source.read(CHUNK + TAG), b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one chunk goes."""
        while not self.ready and not self.ended:
            self.ready = self._next()
        part = self.ready[:len(buffer)]
        buffer[:len(part)], self.ready = part, self.ready[len(part):]
        return len(part)

    def _next(self) -> bytes:
        from cryptography.exceptions import InvalidTag  # slow to import, needed at night

        part, self.ahead = self.ahead, self.source.read(CHUNK + TAG)
        self.ended = not self.ahead
        try:
            plain: bytes = self.cipher.decrypt(_nonce(self.number, self.ended), part, self.start)
        except InvalidTag as error:
            raise Damaged(_("The backup is damaged or cut off: its bytes are not those that were written. "
                            "Take another backup.")) from error
        self.number += 1
        return plain


def unsealed(source: BinaryIO, passphrase: str) -> tuple[BinaryIO, bytes | None]:
    """The plain reading of a file, encrypted or not, and the key that opened it; WrongKey says what to set."""
    start = source.read(len(MAGIC))
    if start != MAGIC:
        source.seek(0)
        return source, None
    start += source.read(HEADER - len(MAGIC))
    if len(start) < HEADER:
        raise Damaged(_("The backup is damaged or cut off: its bytes are not those that were written. "
                        "Take another backup."))
    if not passphrase:
        raise WrongKey(_("This backup is encrypted. Set BACKUP_KEY to the key that it was made with."))
    key = master(passphrase, start[len(MAGIC):len(MAGIC) + SALT])
    if not hmac.compare_digest(start[-CHECK:], _check(key, start[:-CHECK])):
        raise WrongKey(_("BACKUP_KEY does not open this backup. Set it to the key that the backup was made with."))
    return io.BufferedReader(Unsealer(source, start, key)), key
