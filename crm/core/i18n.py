"""Two languages: catalogues by feature, compiled when first needed, chosen per person."""

import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_login import current_user

LOCALES = ("ru", "en")
ROOT = Path(__file__).resolve().parents[2] / "translations"


def catalogues() -> list[Path]:
    """The folders that hold <language>/LC_MESSAGES/messages.po, one for each feature."""
    return sorted(path for path in ROOT.iterdir() if path.is_dir()) if ROOT.exists() else []


def compile_catalogues() -> None:
    """Make the .mo beside each .po that is newer; written whole or not at all."""
    for source in ROOT.glob("*/*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with tempfile.NamedTemporaryFile(dir=source.parent, delete=False) as draft:
            write_mo(draft, catalogue)
        Path(draft.name).replace(target)


def choose_locale() -> str:
    """The person's own choice, else the session's, else the browser's, else the company's."""
    if "locale" in g:
        return str(g.locale)
    return _wanted()


def _wanted() -> str:
    if has_request_context():
        # the proxy is resolved once: filters ask for the locale hundreds of times in a page
        person = None if g.get("database_away") else current_user._get_current_object()
        if person and person.is_authenticated and person.locale in LOCALES:
            return str(person.locale)
        if session.get("locale") in LOCALES:
            return str(session["locale"])
        best = request.accept_languages.best_match(LOCALES)
        if best:
            return best
    return str(g.get("default_locale", "ru"))


def choose_timezone() -> str:
    """The company's time zone."""
    return str(g.get("timezone", "UTC"))


def init_i18n(app: Flask) -> None:
    """Load the catalogues of all features."""
    compile_catalogues()
    app.config.update(
        BABEL_TRANSLATION_DIRECTORIES=";".join(str(path) for path in catalogues()),
        BABEL_DEFAULT_LOCALE="en",
    )
    Babel(app, locale_selector=choose_locale, timezone_selector=choose_timezone)
    app.jinja_env.globals["locale"] = _LocaleName()


class _LocaleName:
    """`locale` in templates: prints as the code of the language of this answer."""

    def __str__(self) -> str:
        return choose_locale()

    def __eq__(self, other: Any) -> bool:
        return choose_locale() == str(other)

    def __hash__(self) -> int:
        return hash(choose_locale())
