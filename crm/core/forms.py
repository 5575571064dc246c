"""The base of all forms: CSRF, trimmed text with limits, fields for money, days and quantities."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import get_domain
from flask_babel import gettext as _
from flask_babel import gettext as _translate
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, PasswordField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from crm.core import dates, money, text
from crm.core.door import UNREADABLE
from crm.core.errors import DomainError
from crm.core.i18n import choose_locale, decimal, pointed
from crm.core.requisites import clean

SHORT, LONG = 300, 20_000


class Form(FlaskForm):
    """A form of ours; `once` marks one showing of it, so that sending it twice makes one record."""

    once = HiddenField(default=lambda: secrets.token_urlsafe(16), validators=[Length(max=40)])

    class Meta:
        """WTForms' own messages come in the language of the request."""

        locales = ["en"]

        def get_translations(self, form: Any) -> Any:
            """Translate WTForms' messages through our catalogues."""
            return _Translations()

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Also refuse a password with a sign in it that could not be read (`core/door`): nobody could type it again."""
        fine = bool(super().validate(extra_validators))
        for field in self._fields.values():
            if isinstance(field, PasswordField) and UNREADABLE in (field.data or ""):
                field.errors, fine = [_("This holds a sign that cannot be read. Type it anew.")], False
        return fine

    def refuse(self, refusal: DomainError) -> None:
        """Show at its field what a rule of the trade said no to; what was typed stays. One about no field goes on as it came."""
        if refusal.field not in self._fields:
            raise refusal
        self._fields[refusal.field].errors = [refusal.message]

    def content(self, *skip: str) -> dict[str, Any]:
        """What was typed, by field name, without CSRF and `once`."""
        hidden = {"csrf_token", "once", "version", *skip}
        return {name: field.data for name, field in self._fields.items() if name not in hidden}


class _Translations:
    """WTForms asks for its messages here; our catalogue `forms` holds them."""

    def gettext(self, string: str) -> str:
        return _translate(string) if string else string

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return get_domain().get_translations().ungettext(singular, plural, number)  # WTForms fills the text in itself


def trim(value: str | None) -> str | None:
    """Text without the white space around it and without what cannot be seen, see `text.visible`."""
    return None if value is None else text.visible(value).strip()


def one_line(value: str | None) -> str | None:
    """Like `trim`, with spaces for line breaks: names and subjects go into headers."""
    return None if value is None else " ".join((trim(value) or "").replace("\t", " ").splitlines())


class Line(StringField):
    """One line of text, trimmed, at most `limit` characters."""

    def __init__(self, label: Any = "", validators: Sequence[Any] = (), *, limit: int = SHORT, **kwargs: Any) -> None:
        rules = [Length(max=limit, message=_l("This is too long: at most %(max)d characters.")), *validators]
        super().__init__(label, rules, filters=[one_line], **kwargs)


class Text(TextAreaField):
    """Several lines of text, trimmed."""

    def __init__(self, label: Any = "", validators: Sequence[Any] = (), *, limit: int = LONG, **kwargs: Any) -> None:
        rules = [Length(max=limit, message=_l("This is too long: at most %(max)d characters.")), *validators]
        super().__init__(label, rules, filters=[trim], **kwargs)


class _Typed(Field):
    """A field that keeps what was typed while it cannot be understood."""

    widget = TextInput()
    raw_data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.show(self.data) if self.data is not None else ""

    def show(self, value: Any) -> str:
        """The value as it is typed."""
        return str(value)

    def parse(self, text: str) -> Any:
        """The typed text as a value, or ValueError with a sentence."""
        raise NotImplementedError

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Nothing typed is None."""
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.parse(text[:100]) if text else None


class MoneyField(_Typed):
    """A sum in major units as people type it; the data are minor units of `currency`."""

    def __init__(self, label: Any = "", validators: Sequence[Any] = (), *, currency: str = "RUB",
                 negative: bool = False, **kwargs: Any) -> None:
        self.currency, self.negative = currency, negative
        super().__init__(label, validators, **kwargs)

    def show(self, value: int) -> str:
        """'12500,50' in Russian, '12500.50' in English; both are understood again."""
        major = money.to_major(value, self.currency)
        return pointed(str(major.to_integral_value() if major == major.to_integral_value() else major))

    def parse(self, text: str) -> int:
        """Understand '12 500,50' and '12.5k'."""
        try:
            value = money.parse_decimal(text, comma_groups=choose_locale() == "en")
        except ValueError as error:
            raise ValueError(_("Type an amount, such as 12 500,50.")) from error
        if money.decimals(value) > money.exponent(self.currency):
            raise ValueError(_("A sum has at most two decimals, such as 12 500,50."))
        minor = money.to_minor(value, self.currency)
        if minor < 0 and not self.negative:
            raise ValueError(_("An amount cannot be below zero."))
        if abs(minor) > money.MAX_MINOR:
            raise ValueError(_("This amount is too large."))
        return minor


class Ticks(SelectMultipleField):
    """Several of a list, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class MoneyForm(Form):
    """A form whose sums are typed in one currency, `money_in`: the fields know it before they read."""

    def __init__(self, *args: Any, money_in: str = "RUB", **kwargs: Any) -> None:
        self._currency = money_in
        super().__init__(*args, **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Tell the currency to the fields before they read what was typed."""
        for field in self._fields.values():
            if isinstance(field, MoneyField):
                field.currency = self._currency
        super().process(*args, **kwargs)


class DecimalInput(_Typed):
    """A number with limits, such as a quantity or a percentage."""

    def __init__(self, label: Any = "", validators: Sequence[Any] = (), *, low: Decimal | int = 0,
                 high: Decimal | int = 10**9, places: int = 3, **kwargs: Any) -> None:
        self.low, self.high, self.places = Decimal(low), Decimal(high), places
        super().__init__(label, validators, **kwargs)

    def show(self, value: Decimal) -> str:
        """Without trailing zeros."""
        return decimal(value) if isinstance(value, Decimal) else pointed(str(value))

    def parse(self, text: str) -> Decimal:
        """A Decimal between the limits, as it was typed: one of more places than are kept, or written as 1e5, is refused."""
        try:
            value = money.parse_decimal(text.rstrip("%"), comma_groups=choose_locale() == "en")
        except ValueError as error:
            raise ValueError(_("Type a number.")) from error
        if "e" in text.lower():
            raise ValueError(_("Type a number."))
        if not self.low <= value <= self.high:
            raise ValueError(_("Type a number from %(low)s to %(high)s.", low=self.show(self.low),
                               high=self.show(self.high)))
        kept = round(value, self.places)
        if value != kept:
            raise ValueError(_("At most %(places)s digits after the point.", places=self.places) if self.places
                             else _("Type a whole number."))
        return kept


class NumberField(_Typed):
    """A whole number with limits, such as a count of days or rows."""

    def __init__(self, label: Any = "", validators: Sequence[Any] = (), *, low: int = 0, high: int = 10**9, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(label, validators, **kwargs)

    def parse(self, text: str) -> int:
        """Understand 10000 and '10 000'."""
        try:
            value = money.parse_whole(text)
        except ValueError as error:
            raise ValueError(_("Type a whole number.")) from error
        if not self.low <= value <= self.high:
            raise ValueError(_("Type a number from %(low)s to %(high)s.", low=self.low, high=self.high))
        return value


def refuse_far(day: dt.date, since: int, ahead: int | None) -> None:
    """ValidationError with the days that may be typed, for one that nobody means."""
    low = dt.date(since, 1, 1)
    high = dt.date(dates.LAST_YEAR, 12, 31) if ahead is None else dates.today() + dt.timedelta(days=366 * ahead)
    if not low <= day <= high:
        locale = choose_locale()
        raise ValidationError(_("Type a day from %(low)s to %(high)s.", low=dates.day_text(low, locale),
                                high=dates.day_text(high, locale)))


class DayField(_Typed):
    """A plain date. The browser sends ISO; people may type 31.12.2026 or 'tomorrow'. `since` and `ahead` say which days somebody may
    mean: from that year on, and up to so many years from now.
    """

    def __init__(self, label: Any = "", validators: Sequence[Any] = (), *, since: int = dates.FIRST_YEAR, ahead: int | None = None,
                 **kwargs: Any) -> None:
        self.since, self.ahead = since, ahead
        super().__init__(label, validators, **kwargs)

    def show(self, value: dt.date) -> str:
        """ISO, as <input type=date> wants it."""
        return value.isoformat()

    def parse(self, text: str) -> dt.date:
        """A day that exists, between 1900 and 2200, and one that is meant."""
        try:
            day = dates.parse_day(text)
        except dates.TooFar as error:
            raise ValueError(_("Type a day between 1900 and 2200.")) from error
        except ValueError as error:
            raise ValueError(_("There is no such day. Type it as 31.12.2026.")) from error
        refuse_far(day, self.since, self.ahead)
        return day


class TimeField(_Typed):
    """A time of day as HH:MM."""

    def show(self, value: dt.time) -> str:
        """HH:MM."""
        return f"{value:%H:%M}"

    def parse(self, text: str) -> dt.time:
        """Understand 9:00 and 09:00."""
        try:
            hours, _colon, minutes = text.partition(":")
            return dt.time(int(hours), int(minutes or 0))
        except ValueError as error:
            raise ValueError(_("Type a time as 14:30.")) from error


class IdField(_Typed):
    """The id of a record chosen in a picker; nothing chosen is None."""

    def parse(self, text: str) -> int:
        """A positive integer that fits a column."""
        if not text.isdecimal() or not 0 < int(text) < 2**31:
            raise ValueError(_("Choose it from the list."))
        return int(text)


class Filled:
    """This field must be filled; the sentence says what to type."""

    field_flags = {"required": True}

    def __init__(self, message: Any = None) -> None:
        self.message = message or _l("Fill this in.")

    def __call__(self, form: Any, field: Any) -> None:
        """Stop at an empty value; an error of parsing stays."""
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            if field.errors:
                raise StopValidation
            raise StopValidation(str(self.message))


class Fits:
    """A number of at most `limit` signs without its spaces and dashes: what is longer cannot be one."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: Form, field: Field) -> None:
        """Refuse rather than cut what somebody typed."""
        if len(clean(field.data)) > self.limit:
            raise ValidationError(_("This is too long: at most %(max)d characters.", max=self.limit))
