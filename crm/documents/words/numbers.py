"""Whole numbers and sums of money in words, Russian and English, for papers.

Kopecks and cents stay in digits, as accountants write them; the currency agrees with its number.
"""

from dataclasses import dataclass

_UNITS = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять",
          "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать",
          "семнадцать", "восемнадцать", "девятнадцать")
_TENS = ("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят",
         "девяносто")
_HUNDREDS = ("", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот",
             "девятьсот")
_OF_GENDER = {"f": {1: "одна", 2: "две"}, "n": {1: "одно"}}
_RANKS = (("", ("", "", "")), ("f", ("тысяча", "тысячи", "тысяч")),
          ("m", ("миллион", "миллиона", "миллионов")), ("m", ("миллиард", "миллиарда", "миллиардов")),
          ("m", ("триллион", "триллиона", "триллионов")))

_EN_UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
             "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_RANKS = ("", "thousand", "million", "billion", "trillion")

LIMIT = 10**15


@dataclass(frozen=True)
class CurrencyWords:
    """A currency's name for one, two and five; its gender; its small coin for the same; the English pairs."""

    gender: str
    names: tuple[str, str, str]
    coins: tuple[str, str, str]
    english: tuple[str, str]
    english_coins: tuple[str, str]


_KOPECKS = ("копейка", "копейки", "копеек")
_CENTS = ("цент", "цента", "центов")
_ROUBLES = ("рубль", "рубля", "рублей")
_DOLLARS = ("доллар США", "доллара США", "долларов США")
CURRENCIES = {
    "RUB": CurrencyWords("m", _ROUBLES, _KOPECKS, ("rouble", "roubles"), ("kopeck", "kopecks")),
    "USD": CurrencyWords("m", _DOLLARS, _CENTS, ("US dollar", "US dollars"), ("cent", "cents")),
    "EUR": CurrencyWords("m", ("евро",) * 3, _CENTS, ("euro", "euros"), ("cent", "cents")),
    "GBP": CurrencyWords("m", ("фунт стерлингов", "фунта стерлингов", "фунтов стерлингов"),
                         ("пенс", "пенса", "пенсов"), ("pound sterling", "pounds sterling"),
                         ("penny", "pence")),
    "CNY": CurrencyWords("m", ("китайский юань", "китайских юаня", "китайских юаней"), ("фэнь",) * 3,
                         ("Chinese yuan", "Chinese yuan"), ("fen", "fen")),
    "KZT": CurrencyWords("m", ("тенге",) * 3, ("тиын", "тиына", "тиынов"), ("tenge", "tenge"),
                         ("tiyn", "tiyn")),
    "BYN": CurrencyWords("m", ("белорусский рубль", "белорусских рубля", "белорусских рублей"), _KOPECKS,
                         ("Belarusian rouble", "Belarusian roubles"), ("kopeck", "kopecks")),
    "AMD": CurrencyWords("m", ("драм", "драма", "драмов"), ("лума", "лумы", "лум"),
                         ("Armenian dram", "Armenian drams"), ("luma", "luma")),
    "GEL": CurrencyWords("m", ("лари",) * 3, ("тетри",) * 3, ("lari", "lari"), ("tetri", "tetri")),
    "KGS": CurrencyWords("m", ("сом", "сома", "сомов"), ("тыйын", "тыйына", "тыйынов"),
                         ("Kyrgyz som", "Kyrgyz som"), ("tyiyn", "tyiyn")),
    "UZS": CurrencyWords("m", ("узбекский сум", "узбекских сума", "узбекских сумов"),
                         ("тийин", "тийина", "тийинов"), ("Uzbek sum", "Uzbek sum"), ("tiyin", "tiyin")),
    "TRY": CurrencyWords("f", ("турецкая лира", "турецкие лиры", "турецких лир"),
                         ("куруш", "куруша", "курушей"), ("Turkish lira", "Turkish liras"),
                         ("kurus", "kurus")),
    "AED": CurrencyWords("m", ("дирхам ОАЭ", "дирхама ОАЭ", "дирхамов ОАЭ"), ("филс", "филса", "филсов"),
                         ("UAE dirham", "UAE dirhams"), ("fils", "fils")),
}


def plural(number: int, one: str, two: str, five: str) -> str:
    """The Russian form for a count: 1 рубль, 2 рубля, 5 рублей, 11 рублей, 21 рубль."""
    tail = abs(number) % 100
    if 10 < tail < 20:
        return five
    return one if tail % 10 == 1 else two if 1 < tail % 10 < 5 else five


def _below_thousand(number: int, gender: str) -> list[str]:
    words = [_HUNDREDS[number // 100]]
    rest = number % 100
    if rest >= 20:
        words.append(_TENS[rest // 10])
        rest %= 10
    words.append(_OF_GENDER.get(gender, {}).get(rest, _UNITS[rest]))
    return [word for word in words if word]


def _russian(number: int, gender: str) -> str:
    if number == 0:
        return "ноль"
    words: list[str] = []
    for rank in range(len(_RANKS) - 1, -1, -1):
        part = number // 1000**rank % 1000
        if part:
            own, forms = _RANKS[rank]
            words += _below_thousand(part, own or gender)
            words += [plural(part, *forms)] if rank else []
    return " ".join(words)


def _english_below_thousand(number: int, joined: bool) -> str:
    hundreds, rest = divmod(number, 100)
    if rest < 20:
        tail = _EN_UNITS[rest]
    else:
        tail = _EN_TENS[rest // 10] + (f"-{_EN_UNITS[rest % 10]}" if rest % 10 else "")
    head = f"{_EN_UNITS[hundreds]} hundred" if hundreds else ""
    return f"{head} and {tail}" if head and tail and joined else " ".join(filter(None, (head, tail)))


def _english(number: int) -> str:
    if number == 0:
        return "zero"
    parts = []
    for rank in range(len(_EN_RANKS) - 1, -1, -1):
        part = number // 1000**rank % 1000
        if part:
            parts.append(f"{_english_below_thousand(part, True)} {_EN_RANKS[rank]}".strip())
    if len(parts) > 1 and 0 < number % 1000 < 100:
        return f"{', '.join(parts[:-1])} and {parts[-1]}"
    return ", ".join(parts)


def integer_in_words(number: int, lang: str = "ru", gender: str = "m") -> str:
    """A whole number in words; `gender` (m, f, n) is that of the counted noun and matters in Russian only.

    ValueError beyond a quadrillion: such a figure on a paper is a slip of the hand.
    """
    if abs(number) >= LIMIT:
        raise ValueError(f"{number} is too large to be written in words")
    words = _russian(abs(number), gender) if lang == "ru" else _english(abs(number))
    return f"{'минус' if lang == 'ru' else 'minus'} {words}" if number < 0 else words


def sum_in_words(minor: int, currency: str, lang: str = "ru", places: int = 2) -> str:
    """Money, an int of minor units and an ISO code, as papers write it; `places` are the currency's decimals.

    123456 RUB is 'Одна тысяча двести тридцать четыре рубля 56 копеек'; a currency that has no words here
    is written with its code: 'Пять JPY'.
    """
    whole, part = divmod(abs(minor), 10**places)
    known = CURRENCIES.get(currency)
    words = integer_in_words(whole, lang, known.gender if known else "m")
    words = ("минус " if lang == "ru" else "minus ") + words if minor < 0 else words
    coins = f"{part:0{places}d}" if places else ""
    if known is None:
        text = f"{words} {currency} {coins}"
    elif lang == "ru":
        tail = f"{coins} {plural(part, *known.coins)}" if coins else ""
        text = f"{words} {plural(whole, *known.names)} {tail}"
    else:
        tail = f"and {coins} {known.english_coins[part != 1]}" if coins else ""
        text = f"{words} {known.english[whole != 1]} {tail}"
    return (text[0].upper() + text[1:]).strip()
