"""Every text that a person reads exists in both languages. The texts in the sources are the English ones."""

import ast
import re
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "translations").glob("*/ru/LC_MESSAGES/messages.po"))
HOLDER = re.compile(r"%\(\w+\)[sd]")
CYRILLIC = re.compile("[А-Яа-яЁё]")
KEYWORDS = {"_": None, "gettext": None, "_l": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2),
            "lazy_ngettext": (1, 2), "_n": (1, 2)}
# files that hold content of a language rather than texts of the interface
CONTENT = ("crm/accounts/passwords.py", "crm/demo", "crm/deals/library", "crm/documents/words", "crm/documents/catalogue",
           "crm/documents/synonyms",
           "crm/documents/engine", "crm/core/money.py", "crm/core/dates.py", "crm/core/text.py", "crm/clients/names.py", "crm/imports",
           "crm/core/requisites.py", "crm/core/downloads.py", "crm/catalog/units.py")


@lru_cache
def catalogues() -> list[tuple[Path, Catalog]]:
    read = []
    for path in CATALOGUES:
        with path.open("rb") as file:
            read.append((path, read_po(file, locale="ru")))
    return read


@lru_cache
def used() -> dict[object, str]:
    """Message (a text, or a pair of singular and plural) -> where it stands."""
    found: dict[object, str] = {}
    for folder in ("crm", "templates"):
        rows = extract_from_dir(str(ROOT / folder), [("**.py", "python"), ("**.html", "jinja2")],
                                {"**.html": {"silent": "false"}}, keywords=KEYWORDS)
        for file, line, message, _comments, _context in rows:
            found.setdefault(message, f"{folder}/{file}:{line}")
    return found


def translation(message: object) -> object:
    """The Russian text or texts, from whichever feature's catalogue holds it."""
    for _path, catalogue in catalogues():
        entry = catalogue.get(message[0] if isinstance(message, tuple) else message)
        if entry is not None and entry.string and not entry.fuzzy:
            return entry.string
    return None


def test_every_text_has_a_russian_translation() -> None:
    missing = [f"{where}: {message!r}" for message, where in used().items() if message and translation(message) is None]
    assert missing == []


def test_russian_plurals_have_three_forms() -> None:
    wrong = []
    for message, where in used().items():
        if isinstance(message, tuple):
            forms = translation(message)
            if not isinstance(forms, tuple) or len(forms) != 3 or not all(forms):
                wrong.append(f"{where}: {message!r} -> {forms!r}")
    assert wrong == []


def test_translations_use_the_placeholders_of_their_texts() -> None:
    wrong = []
    for path, catalogue in catalogues():
        for entry in catalogue:
            ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
            texts = entry.string if isinstance(entry.string, tuple) else (entry.string,)
            known = set(HOLDER.findall(" ".join(ids)))
            wrong += [f"{path.parts[-4]}: {text!r}" for text in texts if text and entry.id
                      and set(HOLDER.findall(text)) - known]
    assert wrong == []


def test_features_do_not_translate_one_text_differently() -> None:
    seen: dict[object, tuple[object, str]] = {}
    wrong = []
    for path, catalogue in catalogues():
        for entry in catalogue:
            if not entry.id:
                continue
            known = seen.setdefault(entry.id, (entry.string, path.parts[-4]))
            if known[0] != entry.string:
                wrong.append(f"{entry.id!r}: {known[0]!r} ({known[1]}), {entry.string!r} ({path.parts[-4]})")
    assert wrong == []


def test_the_sources_speak_english() -> None:
    wrong = []
    for path in sorted((ROOT / "crm").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name.startswith(CONTENT):
            continue
        tree = ast.parse(path.read_text())
        notes = {id(node.body[0].value) for node in ast.walk(tree)
                 if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module | ast.AsyncFunctionDef)
                 and node.body and isinstance(node.body[0], ast.Expr)}
        wrong += [f"{name}:{node.lineno}: {node.value[:40]!r}" for node in ast.walk(tree)
                  if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes
                  and len(re.findall("[а-яё]", node.value.lower())) > 2]
    assert wrong == []


LOOSE_ATTRIBUTE = re.compile(r'[\w-]+="[^"<]*"')  # a macro that prints attributes
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAGS = re.compile(r"<!--.*?-->|<svg.*?</svg>|<[^>]*>", re.DOTALL)
ATTRIBUTE = re.compile(r'(?:title|placeholder|aria-label|alt)="([^"{]*[A-Za-zА-Яа-я]{2}[^"{]*)"')
CLASS_BLOCK = re.compile(r"\{% block \w+_class %\}.*?\{% endblock %\}")
WORD = re.compile("[A-Za-zА-Яа-яЁё]{2,}")
NAMES = {"Voronka", "CSV", "XLSX", "PDF", "Word", "Ctrl", "amp", "nbsp", "rarr", "larr", "middot", "times", "DOCTYPE",
         "html", "thinsp", "hellip", "mdash", "ndash", "laquo", "raquo", "docx", "Esc", "Telegram", "WhatsApp", "Space"}


def test_templates_hold_no_text_outside_of_gettext() -> None:
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        source = CLASS_BLOCK.sub("", path.read_text())
        plain = LOOSE_ATTRIBUTE.sub(" ", TAGS.sub(" ", JINJA.sub("", source)))
        words = [word for word in WORD.findall(plain) if word not in NAMES]
        words += [text for text in ATTRIBUTE.findall(source)]
        if words:
            wrong.append(f"{path.relative_to(ROOT)}: {words[:6]}")
    assert wrong == []
