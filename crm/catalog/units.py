"""Units that are proposed where one is typed, with their codes of the Russian classifier of units (OKEI); any other may be typed."""

from crm.core import i18n
from crm.core.text import fold

# code: how it is written in Russian and in English, the usual spelling first
OKEI: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "796": (("шт", "штука"), ("pcs", "pc")), "778": (("упак", "уп", "упаковка"), ("pack",)), "839": (("компл", "комплект"), ("set",)),
    "715": (("пара", "пар"), ("pair",)), "166": (("кг",), ("kg",)), "163": (("г", "гр"), ("g",)), "168": (("т", "тн"), ("t",)),
    "112": (("л",), ("l",)), "006": (("м",), ("m",)), "018": (("пог. м", "п.м", "пм"), ("run. m",)),
    "055": (("м²", "м2", "кв.м", "кв. м"), ("m²", "m2", "sq m")), "113": (("м³", "м3", "куб.м"), ("m³", "m3")),
    "356": (("ч", "час"), ("h", "hour")), "359": (("дн", "день", "сут"), ("day",)), "360": (("нед", "неделя"), ("week",)),
    "362": (("мес", "месяц"), ("month",)), "366": (("год", "г.", "лет"), ("year",)), "792": (("чел", "человек"), ("person",)),
    "539": (("чел.ч", "чел-ч", "чел.-ч"), ("man-hour",)), "876": (("усл", "усл. ед", "услуга"), ("service", "unit")),
}
_CODES = {fold(word).rstrip("."): code for code, spellings in OKEI.items() for words in spellings for word in words}


def proposed() -> list[str]:
    """The units of the reader's language, each in its usual spelling."""
    place = 0 if i18n.choose_locale() == "ru" else 1
    return [words[place][0] for words in OKEI.values()]


def code(unit: str) -> str:
    """The code of a typed unit, '796' for 'шт.'; empty for one that the classifier does not hold."""
    return _CODES.get(fold(unit).strip().rstrip("."), "")
