"""Control digits, on public numbers of large companies and on single slips of the hand."""

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from crm.core import requisites
from crm.core.i18n import ROOT, compile_catalogues
from crm.core.requisites import Check
from crm.demo import numbers

SBER_BIC = "044525225"
# A company's account, its bank's correspondent account and BIC, as published on the companies' own pages.
ACCOUNTS = [
    ("40702810238000139300", "30101810400000000225", "044525225"),
    ("40702810627060018754", "30101810145250000411", "044525411"),
    ("40702810733270000011", "30101810300000000606", "043807606"),
    ("40702810400060001999", "30101810900000000705", "040507705"),
]


@pytest.mark.parametrize("number", ["7707083893", "7736207543", "7736050003", "500100732259"])
def test_the_inn_of_sber_yandex_gazprom_and_a_person_is_right(number):
    assert requisites.inn(number) == Check(True, number)


@pytest.mark.parametrize("number", ["1027700132195", "1027700229193", "1027700070518"])
def test_the_ogrn_of_sber_yandex_and_gazprom_is_right(number):
    assert requisites.ogrn(number) == Check(True, number)


def test_a_sole_traders_ogrnip_is_right():
    assert requisites.ogrnip("304500116000157") == Check(True, "304500116000157")


@pytest.mark.parametrize(("account", "corr", "bic"), ACCOUNTS)
def test_published_accounts_fit_their_banks(account, corr, bic):
    assert requisites.account(account, bic) == Check(True, account)
    assert requisites.corr_account(corr, bic) == Check(True, corr)


def test_the_single_treasury_account_fits_its_bic():
    assert requisites.corr_account("40102810545370000003", "004525988") == Check(True, "40102810545370000003")


def test_spaces_dashes_and_invisible_signs_are_dropped():
    assert requisites.inn(" 77-0708 3893\u00a0\u200b") == Check(True, "7707083893")
    assert requisites.account("40702.810", SBER_BIC).problem == "chars"


def _slips(number):
    for place, digit in enumerate(number):
        for other in "0123456789".replace(digit, ""):
            yield number[:place] + other + number[place + 1:]


@pytest.mark.parametrize("number", ["7707083893", "500100732259"])
def test_every_single_wrong_digit_of_an_inn_is_caught(number):
    assert [slip for slip in _slips(number) if requisites.inn(slip).ok] == []


def test_every_single_wrong_digit_of_an_account_is_caught():
    account = ACCOUNTS[0][0]
    assert [slip for slip in _slips(account) if requisites.account(slip, SBER_BIC).ok] == []


def test_an_account_of_another_bank_is_caught():
    assert requisites.account(ACCOUNTS[0][0], "044525411").problem == "digit"
    assert requisites.corr_account("30101810700000000187", SBER_BIC).problem == "other_bank"


@pytest.mark.parametrize(("kind", "typed", "problem"), [
    ("inn", "", "empty"), ("inn", "77070838", "length"), ("inn", "770708389X", "chars"),
    ("inn", "7707083894", "digit"), ("inn", "0000000000", "form"), ("inn", "٧٧٠٧٠٨٣٨٩٣", "chars"),
    ("kpp", "77360100", "length"), ("kpp", "7736?1001", "chars"),
    ("ogrn", "1027700132196", "digit"), ("ogrn", "304500116000157", "length"),
    ("ogrn", "9027700132195", "form"),
    ("ogrnip", "304500116000158", "digit"), ("ogrnip", "104500116000157", "form"),
    ("bic", "144525225", "form"), ("bic", "04452522", "length"),
    ("iban", "DE89370400440532013001", "digit"), ("iban", "DE8937040044053201300", "length"),
    ("iban", "8937040044053201300DE", "chars"), ("vat_id", "DE12345678", "form"),
    ("vat_id", "ZZ123", "country"),
])
def test_each_kind_of_fault_has_its_code(kind, typed, problem):
    assert requisites.check(kind, typed).problem == problem


def test_an_account_waits_for_a_right_bic():
    assert requisites.check("account", ACCOUNTS[0][0], bank="").problem == "bank"


@pytest.mark.parametrize("number", [
    "DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32", "FR14 2004 1010 0505 0001 3M02 606",
    "NL91 ABNA 0417 1643 00", "KZ86 125K ZT50 0410 0100"])
def test_the_registrys_example_ibans_are_right(number):
    assert requisites.iban(number).ok


@pytest.mark.parametrize(("typed", "value"), [
    ("ATU12345678", "ATU12345678"), ("be 0123.456.789", "BE0123456789"), ("GR123456789", "EL123456789"),
    ("NL123456789B01", "NL123456789B01"), ("IE1234567WA", "IE1234567WA"),
    ("CHE-123.456.789 MWST", "CHE123456789MWST"),
])
def test_vat_ids_of_several_countries_have_the_right_shape(typed, value):
    assert requisites.vat_id(typed) == Check(True, value)


def test_a_kpp_with_letters_on_the_wrong_layout_is_understood():
    assert requisites.kpp("7736АВ001") == Check(True, "7736AB001")


def test_invented_numbers_pass_and_repeat():
    for seed in range(200):
        bank = numbers.make_bank(seed)
        company = numbers.make_inn(10, seed)
        assert requisites.inn(company).ok
        assert requisites.kpp(numbers.make_kpp(company)).ok
        assert requisites.inn(numbers.make_inn(12, seed)).ok
        assert requisites.ogrn(numbers.make_ogrn(seed)).ok
        assert requisites.ogrnip(numbers.make_ogrnip(seed)).ok
        assert requisites.account(numbers.make_account(bank.bic, seed), bank.bic).ok
        assert requisites.corr_account(bank.corr_account, bank.bic).ok
        assert requisites.iban(numbers.make_iban("DE", seed)).ok
        assert requisites.vat_id(numbers.make_vat_id(seed)).ok
    assert numbers.make_inn(10, 7) == numbers.make_inn(10, 7)
    assert numbers.make_inn(10, 7) != numbers.make_inn(10, 8)


@pytest.fixture(scope="module")
def words():
    compile_catalogues()
    app = Flask(__name__)
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "requisites"), BABEL_DEFAULT_LOCALE="en")
    Babel(app)
    return app


def test_every_problem_has_a_sentence_in_both_languages(words):
    codes = ("empty", "chars", "length", "digit", "form", "bank", "other_bank", "country")
    with words.test_request_context():
        for kind in requisites.KINDS:
            for code in codes:
                english = requisites.message(code, kind)
                with force_locale("ru"):
                    russian = requisites.message(code, kind)
                assert english.endswith(".")
                assert russian.endswith(".")
                assert english != russian
                assert "%(" not in english + russian
        assert requisites.message("", "inn") == ""


def test_a_message_says_what_to_do(words):
    with words.test_request_context():
        assert requisites.message("digit", "inn") == (
            "INN does not add up: a digit is wrong. Compare it with the papers.")
        with force_locale("ru"):
            assert requisites.message("digit", "inn") == (
                "ИНН не сходится: какая-то цифра ошибочна. Сверьте его с документами.")
