"""Pages of docs/ that are made from the program say what it does today."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_template_fields_is_the_catalogue() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "fields.py"))["text"]()
    assert (ROOT / "docs" / "templates.md").read_text() == made, "run .venv/bin/python docs/fields.py"


def test_every_picture_and_page_that_the_readme_names_is_there() -> None:
    import re

    for name in ("README.md", "README.ru.md"):
        targets = re.findall(r"\]\(((?!http)[^)]+)\)", (ROOT / name).read_text())
        assert [target for target in targets if not (ROOT / target).exists()] == []
