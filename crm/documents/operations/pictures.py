"""Our own logo, stamp and signature: uploaded, taken off."""

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import files
from crm.core.events import record
from crm.documents import engine, events, ours
from crm.documents.operations.errors import DocumentError
from crm.firms import queries as firms

MOST_PICTURE = 1024 * 1024  # bytes: each document carries them
SIDE = 3000  # pixels


def set_picture(name: str, data: bytes, *, actor: User, firm_id: int | None = None) -> None:
    """Documents of a company of ours made from now on carry this PNG, JPEG or GIF. DocumentError says what to do with another file."""
    try:
        _kind, wide, high = engine.measure(data)
    except engine.RenderError as error:
        raise DocumentError(error.fault.message(_)) from error
    if len(data) > MOST_PICTURE or max(wide, high) > SIDE:
        raise DocumentError(_("The picture is larger than 1 MB or 3000 pixels. Make it smaller and choose it again."))
    _keep(name, files.keep(data), firm_id, actor)


def take_off(name: str, *, actor: User, firm_id: int | None = None) -> None:
    """Documents made from now on carry none; those that were made keep theirs."""
    _keep(name, "", firm_id, actor)


def _keep(name: str, digest: str, firm_id: int | None, actor: User) -> None:
    firm = firms.details(firm_id)
    known = {**firm.pictures, name: digest}
    wanted = {one: value for one, value in known.items() if value and one in ours.NAMES}
    if wanted != firm.pictures:
        firm.pictures = wanted
        record(events.PICTURES_CHANGED, actor_id=actor.id, title=str(ours.NAMES[name]), firm=firms.label(firm_id))
