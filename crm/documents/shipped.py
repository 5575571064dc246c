"""The Word templates that come with the program: used as they are until the business uploads its own."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm.documents.models import KINDS

FOLDER = Path(__file__).resolve().parents[2] / "doc_templates"
LOCALES = ("ru", "en")


@dataclass(frozen=True)
class Shipped:
    """One file of doc_templates/; `digest` is the SHA-256 of its bytes."""

    kind: str
    locale: str
    data: bytes
    digest: str

    @property
    def file_name(self) -> str:
        """The name it is downloaded under."""
        return f"{self.kind}-{self.locale}.docx"


@cache
def all_shipped() -> tuple[Shipped, ...]:
    """Every shipped template, read once."""
    found = []
    for locale in LOCALES:
        for kind in KINDS:
            path = FOLDER / locale / f"{kind}.docx"
            if path.exists():
                data = path.read_bytes()
                found.append(Shipped(kind, locale, data, hashlib.sha256(data).hexdigest()))
    return tuple(found)


def shipped(kind: str, locale: str) -> Shipped | None:
    """The shipped template of this kind and language."""
    return next((one for one in all_shipped() if (one.kind, one.locale) == (kind, locale)), None)


def by_digest(digest: str) -> Shipped | None:
    """The shipped template with this content."""
    return next((one for one in all_shipped() if one.digest == digest), None)
