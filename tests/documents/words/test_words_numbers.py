"""Sums in words: by hand where papers are strict, against num2words where there are many."""

import random

import pytest
from num2words import num2words

from crm.documents.words.numbers import CURRENCIES, integer_in_words, sum_in_words


@pytest.mark.parametrize(("minor", "words"), [
    (123456, "Одна тысяча двести тридцать четыре рубля 56 копеек"),
    (100, "Один рубль 00 копеек"), (0, "Ноль рублей 00 копеек"), (1, "Ноль рублей 01 копейка"),
    (2202, "Двадцать два рубля 02 копейки"), (1111, "Одиннадцать рублей 11 копеек"),
    (200000000, "Два миллиона рублей 00 копеек"), (-500, "Минус пять рублей 00 копеек"),
    (2100101, "Двадцать одна тысяча один рубль 01 копейка"),
])
def test_roubles_are_written_as_accountants_write_them(minor, words):
    assert sum_in_words(minor, "RUB") == words


@pytest.mark.parametrize(("currency", "words"), [
    ("USD", "Две тысячи два доллара США 05 центов"), ("EUR", "Две тысячи два евро 05 центов"),
    ("CNY", "Две тысячи два китайских юаня 05 фэнь"), ("KZT", "Две тысячи два тенге 05 тиынов"),
    ("BYN", "Две тысячи два белорусских рубля 05 копеек"), ("TRY", "Две тысячи две турецкие лиры 05 курушей"),
    ("XDR", "Две тысячи два XDR 05"),
])
def test_other_currencies_agree_with_their_number(currency, words):
    assert sum_in_words(200205, currency) == words


@pytest.mark.parametrize(("minor", "currency", "words"), [
    (123456, "RUB", "One thousand, two hundred and thirty-four roubles and 56 kopecks"),
    (100, "USD", "One US dollar and 00 cents"), (101, "GBP", "One pound sterling and 01 penny"),
    (100500, "EUR", "One thousand and five euros and 00 cents"), (0, "USD", "Zero US dollars and 00 cents"),
])
def test_english_sums_read_naturally(minor, currency, words):
    assert sum_in_words(minor, currency, "en") == words


def test_a_currency_without_small_coins_has_none():
    assert sum_in_words(5, "JPY", places=0) == "Пять JPY"
    assert sum_in_words(5, "KZT", places=0) == "Пять тенге"


def test_genders_of_one_and_two():
    assert [integer_in_words(n, gender=g) for n in (1, 2, 21, 1002) for g in "mfn"] == [
        "один", "одна", "одно", "два", "две", "два", "двадцать один", "двадцать одна", "двадцать одно",
        "одна тысяча два", "одна тысяча две", "одна тысяча два"]


def test_5000_random_numbers_agree_with_num2words():
    dice = random.Random(20261122)
    for _turn in range(5000):
        number = dice.randrange(10 ** dice.randint(1, 13))
        assert integer_in_words(number) == num2words(number, lang="ru")
        assert integer_in_words(number, "en") == num2words(number, lang="en")


def test_2000_random_rouble_sums_agree_with_num2words():
    dice = random.Random(21112026)
    for _turn in range(2000):
        minor = dice.randrange(10 ** dice.randint(1, 12))
        theirs = num2words(minor / 100 if minor < 1 else minor, lang="ru", to="currency", currency="RUB",
                           cents=False, separator="")
        assert sum_in_words(minor, "RUB").lower() == theirs


def test_a_figure_beyond_reason_is_refused():
    with pytest.raises(ValueError, match="too large"):
        integer_in_words(10**15)


def test_every_currency_of_the_product_has_words():
    assert {"RUB", "USD", "EUR", "GBP", "KZT", "BYN", "CNY"} - set(CURRENCIES) == set()
