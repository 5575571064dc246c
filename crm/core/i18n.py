"""Two languages: catalogues by feature, compiled when first needed, chosen per person."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, get_domain
from flask_login import current_user
from markupsafe import Markup

LOCALES = ("ru", "en")
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_TEXTS = 5000
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
    known: str | None = g.get("locale")
    if known is None:
        known = _wanted()
        if has_request_context() and request.method in READ_METHODS:  # a reading request cannot change it half-way
            g.locale = known
    return known


def pointed(text: str) -> str:
    """Digits with the decimal sign of the reader's language."""
    return text.replace(".", ",") if choose_locale() == "ru" else text


def decimal(number: Decimal) -> str:
    """A number without trailing zeros, for texts: 99.94, or 99,94."""
    return pointed(f"{number.normalize():f}")


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
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _Texts()
    app.jinja_env.globals["ngettext"] = _plural


def _own(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - a text of our catalogues; what is put into it is escaped


def _plural(one: str, many: str, num: int, **values: Any) -> Markup:
    """`ngettext` of the templates: the form for the number, with `%(num)s` and the values escaped and put in."""
    return _own(get_domain().get_translations().ungettext(one, many, num)) % {"num": num, **values}


class _Texts:
    """`_` of the templates: like Flask-Babel's, but a text is looked up once for a language, not at each of its hundred places.

    The catalogues do not change while the program runs, so nothing here can go stale.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Markup] = {}

    def __call__(self, text: str, **values: Any) -> Markup:
        """The text in the language of this answer; `values` are escaped and put in."""
        language = choose_locale()
        found = self._known.get((language, text))
        if found is None:
            found = _own(get_domain().get_translations().ugettext(text))
            if len(self._known) < MOST_TEXTS:
                self._known[language, text] = found
        return found % values if values or "%" in found else found


class _LocaleName:
    """`locale` in templates: prints as the code of the language of this answer."""

    def __str__(self) -> str:
        return choose_locale()

    def __eq__(self, other: Any) -> bool:
        return choose_locale() == str(other)

    def __hash__(self) -> int:
        return hash(choose_locale())
