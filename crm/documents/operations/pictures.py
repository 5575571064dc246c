"""Our own logo, stamp and signature: uploaded, taken off."""

from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core import files
from crm.core.events import record
from crm.documents import engine, events, ours
from crm.documents.operations.errors import DocumentError

MOST_PICTURE = 1024 * 1024  # bytes: each document carries them
SIDE = 3000  # pixels


def set_picture(name: str, data: bytes, *, actor: User) -> None:
    """Documents made from now on carry this PNG, JPEG or GIF. DocumentError says what to do with another file."""
    try:
        _kind, wide, high = engine.measure(data)
    except engine.RenderError as error:
        raise DocumentError(error.fault.message(_)) from error
    if len(data) > MOST_PICTURE or max(wide, high) > SIDE:
        raise DocumentError(_("The picture is larger than 1 MB or 3000 pixels. Make it smaller and choose it again."))
    _keep(name, files.keep(data), actor)


def take_off(name: str, *, actor: User) -> None:
    """Documents made from now on carry none; those that were made keep theirs."""
    _keep(name, "", actor)


def _keep(name: str, digest: str, actor: User) -> None:
    organization = accounts.the_organization()
    known = {**organization.pictures, name: digest}
    wanted = {one: value for one, value in known.items() if value and one in ours.NAMES}
    if wanted != organization.pictures:
        organization.pictures = wanted
        record(events.PICTURES_CHANGED, actor_id=actor.id, title=str(ours.NAMES[name]))
