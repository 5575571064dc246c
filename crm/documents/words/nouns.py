"""Endings of the genitive: one Russian noun or adjective at a time, without a dictionary.

Only the shape of the word is known here, plus short lists of nouns whose vowel falls out.
"""

import re

VOWELS = "аеёиоуыэюя"
_HUSHING = "гкхжчшщ"

# Nouns whose last vowel falls out although their shape does not tell; ё may be typed as е.
_FALLING = {
    "лев": "льва", "павел": "павла", "пётр": "петра", "петр": "петра", "заяц": "зайца", "месяц": "месяца",
    "орёл": "орла", "орел": "орла", "козёл": "козла", "козел": "козла", "осёл": "осла", "котёл": "котла",
    "хохол": "хохла", "щегол": "щегла", "посол": "посла", "бобёр": "бобра", "бобер": "бобра",
    "костёр": "костра", "шатёр": "шатра", "ковёр": "ковра", "осётр": "осетра", "ветер": "ветра",
    "соловей": "соловья", "воробей": "воробья", "муравей": "муравья", "репей": "репья", "ручей": "ручья",
    "камень": "камня", "корень": "корня", "ремень": "ремня", "гребень": "гребня", "кремень": "кремня",
    "перстень": "перстня", "пень": "пня", "день": "дня", "ливень": "ливня", "уголь": "угля",
    "огонь": "огня", "дёготь": "дёгтя", "ноготь": "ногтя", "коготь": "когтя", "локоть": "локтя",
    "ломоть": "ломтя", "лапоть": "лаптя", "угол": "угла", "узел": "узла", "дятел": "дятла", "чехол": "чехла",
    "сапёр": "сапёра", "пёс": "пса", "хребет": "хребта",
}
# Nouns in -ок whose vowel stays.
_KEPT_OK = ("чеснок", "игрок", "пророк", "знаток", "сорок", "урок", "исток", "порок", "восток", "волок", "срок",
            "оброк", "зарок", "шнурок-", "едок", "седок", "ходок", "ездок", "стрелок-", "холостяк")


def like(word: str, model: str) -> str:
    """`word` in the case of the letters of `model`: ПЕТРОВ, Петров or петров."""
    if len(model) > 1 and model.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def _vowels(word: str) -> int:
    return sum(letter in VOWELS for letter in word)


def _in_ec(word: str) -> str | None:
    """-ец: кравца, бойца, стрельца; the vowel stays after two consonants (кузнеца) or in a single syllable."""
    stem = word[:-2]
    if not _vowels(stem):
        return word + "а"
    if stem[-1] in VOWELS:
        return stem + "йца"
    if stem[-2:-1] not in (*VOWELS, "й", "ь", ""):
        return word + "а"
    return stem + ("ьца" if stem[-1] == "л" else "ца")


def _in_ok(word: str) -> str | None:
    """-ок after a consonant loses the vowel (волчка), -ёк leaves a soft sign (королька), -ек of surnames stays."""
    stem = word[:-2]
    if word.endswith("ёк") and _vowels(stem):
        return stem + ("йка" if stem[-1] in VOWELS else "ька" if stem[-1] in "лнрдтсз" else "ка")
    if word.endswith("ок") and _vowels(stem) and word not in _KEPT_OK and stem[-1] not in VOWELS:
        return stem + "ка"
    return word + "а"


def masculine(word: str) -> str:
    """The genitive of a small-lettered masculine noun that ends in a consonant, -й or -ь; others as they are."""
    if word in _FALLING:
        return _FALLING[word]
    if word.endswith("ец"):
        return _in_ec(word) or word
    if word.endswith(("ок", "ёк")):
        return _in_ok(word) or word
    if word.endswith(("й", "ь")):
        return word[:-1] + "я"
    if word[-1:] in "бвгджзклмнпрстфхцчшщ":
        return word + "а"
    return word


def in_a(word: str) -> str:
    """The genitive of a noun in -а or -я of either gender: -ы, -и; indeclinable after у, о, and и before а."""
    if re.search(r"[уоеэюёи]а$", word):
        return word
    if word.endswith("а"):
        return word[:-1] + ("и" if word[-2:-1] in _HUSHING else "ы")
    return word[:-1] + "и"


def neuter(word: str) -> str:
    """The genitive of a neuter noun: положения, свидетельства, поля."""
    if word.endswith("о"):
        return word[:-1] + "а"
    if word.endswith("е"):
        return word[:-1] + ("а" if word[-2:-1] in "жшщчц" else "я")
    return word


def adjective(word: str) -> str | None:
    """The genitive of an adjective or participle by its ending, or None when it does not look like one."""
    stem, end = word[:-2], word[-2:]
    if len(word) < 4 and end != "ой":
        return None
    if end in ("ый", "ое", "ой"):
        return stem + "ого"
    if end == "ий":
        return stem + ("ого" if stem[-1] in "гкх" else "его")
    if end == "ее":
        return stem + "его"
    if end == "ая":
        return stem + ("ей" if stem[-1] in "жшщч" and not stem.endswith(("больш", "чуж")) else "ой")
    return stem + "ей" if end == "яя" else None
