"""Endings of the genitive: one Russian noun or adjective at a time, by its shape."""

import re

from crm.documents.words.lists import FALLING, KEPT_OK

VOWELS = "аеёиоуыэюя"
CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_HUSHING = "гкхжчшщ"


def like(word: str, model: str) -> str:
    """`word` with the capitals of `model`: ПЕТРОВ, Петров or петров."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def vowels(word: str) -> int:
    """How many vowels, that is syllables, a word has."""
    return sum(letter in VOWELS for letter in word.lower())


def _in_ec(word: str) -> str:
    """кравца, бойца, стрельца; after two consonants (кузнеца) or in a single syllable the vowel stays."""
    stem = word[:-2]
    if not vowels(stem):
        return word + "а"
    if stem[-1] in VOWELS:
        return stem + "йца"
    if stem[-2] in CONSONANTS:
        return word + "а"
    return stem + ("ьца" if stem[-1] == "л" else "ца")


def _in_ok(word: str) -> str:
    """-ок loses its vowel (волчка), -ёк leaves a soft sign (королька)."""
    stem = word[:-2]
    if not vowels(stem) or word in KEPT_OK or word.endswith("ибок"):
        return word + "а"
    if word.endswith("ёк"):
        return stem + ("йка" if stem[-1] in VOWELS else "ька" if stem[-1] in "лнрдтсз" else "ка")
    return word + "а" if stem[-1] in VOWELS else stem + "ка"


def plain_masculine(word: str) -> str:
    """A noun or name in a consonant, -й or -ь that keeps its vowels: Марека, Игоря; others as they are."""
    if word.endswith(("й", "ь")):
        return word[:-1] + "я"
    return word + "а" if word[-1:] and word[-1] in CONSONANTS else word


def masculine(word: str) -> str:
    """The genitive of a small-lettered masculine noun, with vowels that fall out."""
    if word in FALLING:
        return FALLING[word]
    if word.endswith("ец"):
        return _in_ec(word)
    if word.endswith(("ок", "ёк")):
        return _in_ok(word)
    return plain_masculine(word)


def in_a(word: str) -> str:
    """The genitive of a noun in -а or -я of either gender; one in -а after a vowel stays (Моруа, Гулиа)."""
    if re.search(r"[уоеэюёи]а$", word):
        return word
    if word.endswith("а"):
        return word[:-1] + ("и" if word[-2:-1] in _HUSHING else "ы")
    return word[:-1] + "и"


def neuter(word: str) -> str:
    """The genitive of a neuter noun: свидетельства, положения."""
    if word.endswith("о"):
        return word[:-1] + "а"
    return word[:-1] + ("а" if word[-2:-1] in "жшщчц" else "я")


def adjective(word: str) -> str | None:
    """The genitive of an adjective or participle by its ending, or None when it does not look like one."""
    stem, end = word[:-2], word[-2:]
    if len(word) < 4:
        return None
    if end in ("ый", "ое", "ой"):
        return stem + "ого"
    if end == "ий":
        return stem + ("ого" if stem[-1] in "гкх" else "его")
    if end == "ая":
        return stem + ("ей" if stem[-1] in "жшщч" and not stem.endswith(("больш", "чуж")) else "ой")
    return stem + {"ее": "его", "яя": "ей"}[end] if end in ("ее", "яя") else None
