"""Write docs/templates.md from the catalogue of fields: `.venv/bin/python docs/fields.py`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flask import Flask  # noqa: E402 - the path is set above
from flask_babel import Babel, force_locale  # noqa: E402

from crm.documents.catalogue import entries  # noqa: E402

HEAD = """# Fields for Word templates

A template is a .docx file with fields in double braces, such as `{{ client.name }}` or `{{ клиент.название }}`: both languages work in
every file. Upload it under Documents → Templates; what is wrong in it is named with its paragraph, and the same file comes back with Word
comments at the faults. The first file of your own of a kind is offered at once; a further one when you turn it on, or say for
which deals. The syntax is docxtpl's: `{% if deal.discount %}…{% endif %}`, and for table rows `{%tr for item in items %}` …
`{%tr endfor %}`, each in a row of its own. Sums and quantities are texts, ready for paper; to reckon or to compare take the number beside
them: `{{ deal.total_number * 0.3 }}`, which is printed in the paper's language with two decimals at most (`|round(1)` for one). Each file
is tried on made-up deals before it is taken, a full one and a small one without VAT, and is not taken when no document could be made of
them. Nothing else can be called from a template. The same list with search and copy is in the program: Templates → Fields.

| field | по-русски | what | example |
|---|---|---|---|
"""


def text() -> str:
    """The page."""
    app = Flask(__name__)
    Babel(app)
    with app.app_context(), force_locale("en"):
        rows = [f"| `{one.path}` | `{one.path_ru}` | {one.label} | {one.example_en} |" for one in entries()]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "templates.md").write_text(text())
