"""Files are kept by their content: the name is the SHA-256, written whole or not at all, never served raw."""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import current_app

MAX_MEGABYTES = 25  # of any file that people send: templates, tables
MAX_UPLOAD = MAX_MEGABYTES * 1024 * 1024
DRAFT = "draft-"
NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)  # what network disks and old ones answer


def folder() -> Path:
    """Where the files lie, inside DATA_DIR."""
    return Path(current_app.config["DATA_DIR"]) / "files"


def _path(digest: str) -> Path:
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a SHA-256 digest")
    return folder() / digest[:2] / digest


def keep(data: bytes) -> str:
    """Store `data` once and give its hex SHA-256; on disk, with its name, when this returns. OSError: nothing is left."""
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    try:
        _write(data, path)
    except FileNotFoundError:  # its empty folder was tidied away at this very moment
        _write(data, path)
    return digest


def _write(data: bytes, path: Path) -> None:
    made = not path.parent.exists()
    if made:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sync(path.parent.parent)
    try:
        place = os.open(path.parent, os.O_RDONLY)
        try:
            if not _keep_nameless(data, path, place):
                _keep_named(data, path)
            os.fsync(place)  # a new name is on the disk only when its folder is
        finally:
            os.close(place)
    except BaseException:
        if made:
            with contextlib.suppress(OSError):  # somebody else has put a file there
                path.parent.rmdir()
        raise


def _keep_nameless(data: bytes, path: Path, place: int) -> bool:
    """Write a file that gets its name when it is whole: a kill leaves nothing behind. False where the disk cannot do that."""
    try:
        handle = os.open(path.parent, os.O_WRONLY | os.O_TMPFILE, 0o600)
    except AttributeError:  # no Linux
        return False
    except OSError as error:
        if error.errno in NO_NAMELESS:
            return False
        raise
    with os.fdopen(handle, "wb") as draft:
        draft.write(data)
        draft.flush()
        os.fsync(draft.fileno())
        try:  # with the folder's handle it is linkat, which follows /proc's link to the file
            os.link(f"/proc/self/fd/{draft.fileno()}", path.name, dst_dir_fd=place, follow_symlinks=True)
        except FileNotFoundError:  # a jail without /proc
            return False
        except FileExistsError:  # somebody kept the same bytes meanwhile
            return True
    return True


def _keep_named(data: bytes, path: Path) -> None:
    """The same by a draft beside it, renamed when it is whole."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=DRAFT, delete=False) as draft:
        try:
            draft.write(data)
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_parts(before: float) -> None:
    """What a kill left behind, when it is older than `before` (seconds since 1970): parts of files and empty folders."""
    for path in folder().glob("??/*"):
        if path.name.startswith(DRAFT) or path.suffix == ".part":  # the latter of a restore
            _remove_older(path, before, Path.unlink)
    for place in folder().glob("??"):
        _remove_older(place, before, Path.rmdir)


def _remove_older(path: Path, before: float, remove: Callable[[Path], None]) -> None:
    with contextlib.suppress(OSError):  # gone meanwhile, or a folder that holds files
        if path.stat().st_mtime < before:
            remove(path)


def read(digest: str) -> bytes:
    """The bytes kept under `digest`; FileNotFoundError when they are gone."""
    return _path(digest).read_bytes()
