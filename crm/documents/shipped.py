"""The Word templates that come with the program: used as they are until the business uploads its own."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm.documents.kinds import LABELS, VARIANTS
from crm.documents.models import KINDS

FOLDER = Path(__file__).resolve().parents[2] / "doc_templates"
LOCALES = ("ru", "en")
# digests of files that came with earlier versions: what is still in use of them is nobody's own
FORMER = frozenset({"fae0aa5cad096303777ef76466d6df419a8efc82d36edf0f87e8bd9ec99561d9",
                    "92981425ea80c826644fb49041bf37e84e830a983baf010a18b1ac0a9406f8a1",
                    "64ccd369fa078afbefe7c5e905fe99671ffad7d1dc4ef54bb255a4ba03242aad",
                    "c472ce1eb6ea34f6beb5186a6245dac6293053fdcaa9b0dd3f623badc989458c",
                    "0b78496dcc381719606b792701ca66397c5d720dc62da74efe197cef575fd70f",
                    "779cef0dbd5c4001511aa7a784916f9f972b59a9acd016f3b19f84715e27a40b"})


@dataclass(frozen=True)
class Shipped:
    """One file of doc_templates/; `variant` is "" for the plain one of its kind; `digest` is the SHA-256 of its bytes."""

    kind: str
    variant: str
    locale: str
    data: bytes
    digest: str

    @property
    def stem(self) -> str:
        """What names it among those of its language: "contract" or "contract-work"."""
        return f"{self.kind}-{self.variant}" if self.variant else self.kind

    @property
    def label(self) -> str:
        """Its name in the language of the reader."""
        return str(VARIANTS.get(self.stem) or LABELS[self.kind])

    @property
    def file_name(self) -> str:
        """The name it is downloaded under."""
        return f"{self.stem}-{self.locale}.docx"


@cache
def all_shipped() -> tuple[Shipped, ...]:
    """Every shipped template, read once: by language, kind by kind, the plain one first."""
    found = []
    for locale in LOCALES:
        for kind in KINDS:
            for stem in (kind, *(stem for stem in VARIANTS if stem.startswith(f"{kind}-"))):
                path = FOLDER / locale / f"{stem}.docx"
                if path.exists():
                    data = path.read_bytes()
                    variant = stem.removeprefix(kind).lstrip("-")
                    found.append(Shipped(kind, variant, locale, data, hashlib.sha256(data).hexdigest()))
    return tuple(found)


def of_kind(kind: str, locale: str) -> list[Shipped]:
    """The shipped templates of a kind and language, the plain one first."""
    return [one for one in all_shipped() if (one.kind, one.locale) == (kind, locale)]


def shipped(stem: str, locale: str) -> Shipped | None:
    """The shipped template of this name and language."""
    return next((one for one in all_shipped() if (one.stem, one.locale) == (stem, locale)), None)


def by_digest(digest: str) -> Shipped | None:
    """The shipped template with this content."""
    return next((one for one in all_shipped() if one.digest == digest), None)
