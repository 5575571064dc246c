"""A full name typed into one line, taken apart: Russians write the surname first, most others last.

Russian endings stand here as data of the language; a wrong guess is mended on the card.
"""

import re

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_PATRONYMIC = re.compile("(вич|ьич|мич|вна|ична|оглы|кызы)$", re.IGNORECASE)
_SURNAME = re.compile("(ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|ский|цкий|ская|цкая|енко|ко|чук|дзе|швили|ян|ых|их)$",
                      re.IGNORECASE)


def is_cyrillic(text: str) -> bool:
    """Whether there is a Cyrillic letter in it."""
    return bool(_CYRILLIC.search(text))


def in_order(surname: str, given: str, middle: str) -> str:
    """The parts as they are read aloud in their language: 'Ёлкин Борис Ильич', 'John Fitzgerald Smith'."""
    parts = (surname, given, middle) if is_cyrillic(surname + given) else (given, middle, surname)
    return " ".join(part for part in parts if part)


def client_name(company: str | None, surname: str | None, given: str | None, middle: str | None) -> str:
    """The client as lists name it: the company, else the person; '' where there is neither."""
    return company or in_order(surname or "", given or "", middle or "")


def split(text: str) -> tuple[str, str, str]:
    """'Ёлкин Борис Ильич' or 'John Smith' as surname, given name and patronymic: each at most 120 characters."""
    words = text.split()
    surname, given, middle = _cyrillic(words) if is_cyrillic(text) else _other(words)
    return surname[:120], given[:120], middle[:120]


def _other(words: list[str]) -> tuple[str, str, str]:
    if len(words) < 2:
        return "", " ".join(words), ""
    return words[-1], words[0], " ".join(words[1:-1])


def _cyrillic(words: list[str]) -> tuple[str, str, str]:
    place = next((at for at, word in enumerate(words) if at and _PATRONYMIC.search(word)), None)
    if place is not None:  # the given name stands before the patronymic; the surname is what is left
        rest = words[:place - 1] + words[place + 1:]
        return " ".join(rest), words[place - 1], words[place]
    if len(words) < 2:
        return "", " ".join(words), ""
    if not _SURNAME.search(words[0]) and _SURNAME.search(words[-1]):
        return words[-1], " ".join(words[:-1]), ""
    return words[0], " ".join(words[1:]), ""
