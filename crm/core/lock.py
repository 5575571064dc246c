"""One server, or one restore, at a time on a data folder."""

import contextlib
import fcntl
import os
import time
from pathlib import Path
from typing import TextIO


def hold(folder: Path, patience: float = 0) -> TextIO | None:
    """Hold the data folder until the answer is closed; None when another server holds it.

    Workers inherit the lock, so a killed master leaves it to them: then it is waited for, `patience` seconds at most.
    """
    file = (folder / "server.lock").open("a+")
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end or _holder_lives(file):
                file.close()
                return None
            time.sleep(0.1)
        else:
            with contextlib.suppress(OSError):  # a full disk does not keep us from reading
                file.truncate(0)
                file.write(str(os.getpid()))
                file.flush()
            return file


def _holder_lives(file: TextIO) -> bool:
    """Whether the master that wrote its number into the lock is there."""
    file.seek(0)
    number = file.read(20).strip()
    if not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
