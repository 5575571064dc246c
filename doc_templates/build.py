"""Make the Word templates that come with the product.

Run `python doc_templates/build.py` from the project's folder, in its environment: it writes the files of ru/ and en/
beside this file. The tags are docxtpl's; the fields are those of crm/documents/catalogue.py. Change the wording in the
module of a document or, for contracts, in clauses/, run it, and look at the result in Word.
"""

import io
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from acts import act
from attorneys import attorney
from contracts import contract
from invoices import invoice
from letters import letter
from quotes import quote
from specifications import specification
from transfers import transfer

HERE = Path(__file__).parent
MAKERS: dict[str, Callable[[str], Any]] = {
    "quote": quote, "contract": partial(contract, "general"), "contract-supply": partial(contract, "supply"),
    "contract-services": partial(contract, "services"), "contract-work": partial(contract, "work"),
    "specification": specification, "invoice": invoice, "act": act, "transfer": transfer,
    "attorney": attorney, "letter": letter,
}


def parts(data: bytes) -> dict[str, bytes]:
    """What a Word file holds: the same for two files that differ in the time of packing only."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def made(stem: str, lang: str) -> bytes:
    """One file as the sources make it today."""
    kept = io.BytesIO()
    MAKERS[stem](lang).save(kept)
    return kept.getvalue()


def main() -> None:
    """Write all files; one whose content is the same stays as it is, for it is known by its bytes."""
    for lang in ("ru", "en"):
        (HERE / lang).mkdir(exist_ok=True)
        for stem in MAKERS:
            path, data = HERE / lang / f"{stem}.docx", made(stem, lang)
            if not path.exists() or parts(path.read_bytes()) != parts(data):
                path.write_bytes(data)


if __name__ == "__main__":
    main()
