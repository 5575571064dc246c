"""Files are kept by their content: the name is the SHA-256, written whole or not at all, never served raw."""

import hashlib
import os
import tempfile
from pathlib import Path

from flask import current_app


def folder() -> Path:
    """Where the files lie, inside DATA_DIR."""
    return Path(current_app.config["DATA_DIR"]) / "files"


def _path(digest: str) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 digest")
    return folder() / digest[:2] / digest


def keep(data: bytes) -> str:
    """Store `data` once and give its hex SHA-256; on disk when this returns."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(data)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(path)
    return digest


def read(digest: str) -> bytes:
    """The bytes kept under `digest`; FileNotFoundError when they are gone."""
    return _path(digest).read_bytes()
