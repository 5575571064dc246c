"""What can go wrong with a backup, as sentences that a person can act on."""

import errno
from typing import Any

from flask_babel import gettext as _

from crm.core.errors import DomainError


class BackupProblem(DomainError):  # noqa: N818 - reads like the trade
    """A backup cannot be made, read or brought back; the text says what to do."""


class NotMade(BackupProblem):
    """A backup was begun and is not good; `made` is what there is of it."""

    def __init__(self, message: str, made: Any) -> None:
        super().__init__(message)
        self.made = made


class WrongKey(BackupProblem):
    """The backup was encrypted with another key."""


class Damaged(BackupProblem):
    """Bytes are missing or changed."""


def from_os(error: OSError, where: str) -> BackupProblem:
    """A failure of the disk in plain words; `where` is a path or the label of a place."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BackupProblem(_("There is no room left in %(where)s. Free some room or choose another place.", where=where))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return BackupProblem(_("The program may not write to %(where)s. Give it the right, or choose another place.",
                               where=where))
    return BackupProblem(_("%(where)s cannot be used: %(reason)s. Check the disk and try again.", where=where,
                           reason=error.strerror or str(error)))
