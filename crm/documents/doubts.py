"""Whether an edited file is of the document that it is brought to. Who is sure of it says so once more; the file waits in the store."""

import re
from collections import Counter
from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from crm.accounts.models import User
from crm.documents.models import Document

LEAST_COMMON = 20  # percent of the longer text: a contract that grew to thrice its length still keeps a third
_RUN = 3  # words: single ones, such as "the parties", stand in any contract


def doubt(document: Document, old: Sequence[str], new: Sequence[str]) -> str:
    """Why a file may be of another document, as a sentence; empty where nothing speaks for that. Both texts are in blocks."""
    number, percent = document.numbered, common(old, new)
    if percent < LEAST_COMMON:
        return _("Only %(percent)s %% of the text is common to this file and the document. Take it all the same?", percent=percent)
    if _stands(number, old) and not _stands(number, new):
        return _("The number %(number)s does not stand in this file: it may be another document. Take it all the same?", number=number)
    return ""


def common(old: Sequence[str], new: Sequence[str]) -> int:
    """How much of the longer of two texts stands in the other too, in percent, by runs of three words."""
    ours, theirs = _runs(old), _runs(new)
    return 100 * (ours & theirs).total() // max(ours.total(), theirs.total(), 1)


def _runs(blocks: Sequence[str]) -> Counter[tuple[str, ...]]:
    words = [word for text in blocks for word in re.findall(r"\w+", text.lower())]
    return Counter(zip(*(words[at:] for at in range(_RUN)), strict=False))


def _stands(number: str, blocks: Sequence[str]) -> bool:
    found = re.compile(rf"(?<!\w){re.escape(number)}(?!\w)")
    return any(found.search(text) for text in blocks)


def sign(document: Document, actor: User, digest: str) -> str:
    """What a form carries of a file that was sent and asked about: it opens for this document and person alone."""
    return str(_signer().dumps([document.id, actor.id, digest]))


def signed(text: str | None, document: Document, actor: User) -> str:
    """The content of the file that is asked about; empty for everything else."""
    try:
        document_id, actor_id, digest = _signer().loads(text or "")
    except (BadSignature, TypeError, ValueError):
        return ""
    return str(digest) if (document_id, actor_id) == (document.id, actor.id) else ""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="edited-file")
