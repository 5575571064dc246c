"""Our own logo, stamp and signature as pictures of documents. A document keeps the digests, so that it can be made again as it was."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.core import files
from crm.documents import engine

NAMES = {"logo": _l("Logo"), "stamp": _l("Stamp"), "signature": _l("Signature")}
TAGS = {name: f"{{{{ company.{name} }}}}" for name in NAMES}  # as a template names them
WIDTHS = {"logo": 45, "stamp": 38, "signature": 40}  # millimetres on paper
FLOATING = frozenset({"stamp", "signature"})  # behind the text, as they lie on paper


def drawn(digests: Mapping[str, str]) -> dict[str, Any]:
    """The pictures of these digests by name; one whose file is gone is left out."""
    found = {}
    for name in NAMES.keys() & digests.keys():
        try:
            found[name] = engine.Picture(files.read(digests[name]), WIDTHS[name], floating=name in FLOATING)
        except FileNotFoundError:
            continue
    return found
