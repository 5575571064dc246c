"""The tree of fields: both languages, examples that hold together, a context without holes."""

import io
import json
import re
import zipfile
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from crm.core import requisites
from crm.core.i18n import ROOT, compile_catalogues
from crm.documents import catalogue
from crm.documents.catalogue import complete, entries, example_context, field_tree, freeze, thaw
from crm.documents.engine import CompiledTemplate
from crm.documents.engine.checking import check
from crm.documents.words.genitive import full_name_genitive, short_name
from crm.documents.words.numbers import sum_in_words
from crm.documents.words.titles import acting, basis_genitive, called, job_genitive


def test_a_field_has_a_path_in_both_languages():
    found = {entry.path: entry.path_ru for entry in entries()}
    assert found["client.inn"] == "клиент.инн"
    assert found["items[].price"] == "позиции[].цена"
    assert found["company.signatory.name_genitive"] == "компания.подписант.фио_в_родительном"
    assert len(set(found.values())) == len(found)


def test_no_field_tells_what_goods_cost_us():
    words = ("cost", "margin", "себестоим", "марж")
    assert [entry.path for entry in entries() for path in (entry.path, entry.path_ru) if any(word in path.lower() for word in words)] == []


def test_names_are_words_that_a_tag_can_hold():
    for entry in entries():
        for path in (entry.path, entry.path_ru):
            assert [part for part in path.replace("[]", "").split(".") if not part.isidentifier()] == []


def test_the_tree_knows_both_languages_and_a_missing_dot_above_e():
    tree = field_tree()
    assert tree["client"]["inn"] == tree["клиент"]["инн"] == "text"
    assert tree["items"][0]["price"] == tree["позиции"][0]["цена"] == "money"
    assert tree["client"]["счёт"] == tree["client"]["счет"] == "text"
    assert "инн" not in tree


def test_an_empty_context_is_filled_with_nothings():
    context = complete({})
    assert (context["client"]["inn"], context["items"], context["qr"]) == ("", [], None)
    assert context["deal"]["total_number"] == Decimal(0)
    assert context["client"]["signatory"]["name_genitive"] == ""


def test_russian_names_give_the_same_values_without_a_copy():
    context = complete(example_context("ru"))
    assert context["клиент"] is context["client"]
    assert context["клиент"]["подписант"]["фио"] == "Кравец Илья Ильич"
    assert context["позиции"][0]["цена"] == context["items"][0]["price"] == "12 200,00".replace(" ", "\u00a0")
    assert context["client"]["счет"] == context["client"]["account"]
    assert context["client"].get("инн") == "7707083893"
    assert "инн" in context["client"]
    assert "ИНН" not in context["client"]
    with pytest.raises(KeyError):
        context["client"]["нет_такого"]


def test_unknown_keys_are_kept():
    assert complete({"client": {"own_field": "x"}})["client"]["own_field"] == "x"


def test_a_context_survives_json():
    context = example_context("ru")
    again = thaw(json.loads(json.dumps(freeze(complete(context)))))
    assert complete(again) == complete(context)
    assert again["deal"]["total_number"] == Decimal("347700.00")


def test_rendering_twice_from_the_kept_context_gives_the_same_text():
    context = example_context("en")
    assert freeze(complete(thaw(freeze(context)))) == freeze(complete(context))


@pytest.mark.parametrize("party", ["company", "client"])
def test_the_russian_examples_agree_with_the_rules_of_this_product(party):
    values = example_context("ru")[party]
    signatory = values["signatory"]
    for kind in ("inn", "kpp", "ogrn"):
        assert requisites.check(kind, values[kind]).ok
    for kind in ("account", "corr_account"):
        assert requisites.check(kind, values[kind], bank=values["bic"]).ok
    proposal = full_name_genitive(signatory["name"])
    assert signatory["name_genitive"] == proposal.text
    assert signatory["short"] == short_name(signatory["name"])
    assert signatory["job_genitive"] == job_genitive(signatory["job"])
    assert signatory["basis_genitive"] == basis_genitive(signatory["basis"])
    assert signatory["acting"] == acting(proposal.gender)
    assert values["called"] == called(values["legal_name"])


def test_the_examples_sums_add_up():
    for lang, currency in (("ru", "RUB"), ("en", "EUR")):
        deal, item = example_context(lang)["deal"], example_context(lang)["items"][0]
        total = deal["total_number"]
        assert item["total_number"] == total
        assert item["price_number"] * item["quantity_number"] * Decimal("0.95") == total
        assert deal["vat_number"] == total * 22 / 122
        assert deal["total_words"] == sum_in_words(int(total * 100), currency, lang)


def test_every_label_is_translated():
    compile_catalogues()
    app = Flask(__name__)
    folders = f"{ROOT / 'documents_words'};{ROOT / 'requisites'}"
    app.config.update(BABEL_TRANSLATION_DIRECTORIES=folders, BABEL_DEFAULT_LOCALE="en")
    Babel(app)
    with app.test_request_context():
        labels = [entry.label for entry in entries()] + [
            node.label for node in catalogue.CATALOGUE if isinstance(node, catalogue.Group)]
        english = [str(label) for label in labels]
        with force_locale("ru"):
            same = [text for text, label in zip(english, labels, strict=True) if str(label) == text]
    assert set(same) == {"E-mail"}


TEMPLATES = sorted((ROOT.parent / "doc_templates").glob("*/*.docx"))


def _text(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [package.read(name).decode() for name in package.namelist()
                 if re.match(r"word/(document|header|footer)\d*\.xml", name)]
    return re.sub(r"<[^>]+>", "", re.sub(r"</w:p>", "\n", "\n".join(parts)))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_template_of_the_product_passes_its_own_check(path):
    report = check(path.read_bytes(), field_tree(), {"image"})
    assert list(report.faults) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_template_of_the_product_is_filled_whole_and_empty(path):
    template = CompiledTemplate(path.read_bytes())
    full = _text(template.render(complete(example_context(path.parent.name))))
    empty = _text(template.render(complete({})))
    assert re.findall(r"\{[{%].*?[%}]\}|None|Decimal", full + empty) == []
    assert "17/2026" in full
    assert ("Вертикаль" if path.parent.name == "ru" else "Vertical") in full


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_wherever_a_paper_says_without_vat_it_says_on_what_ground(path):
    data = example_context(path.parent.name)
    data["deal"] |= {"vat": "", "vat_words": ""}
    data["company"]["vat_ground"] = "ст. 346.11 НК РФ"
    text = _text(CompiledTemplate(path.read_bytes()).render(complete(data)))
    said = re.findall(r"(?:НДС не облагается|no VAT is charged)(.{0,20})", text)
    assert [one for one in said if "ст. 346.11 НК РФ" not in one] == []
    assert said or path.stem in ("attorney", "letter", "transfer")


def test_the_contract_names_the_signatories_in_the_genitive():
    path = ROOT.parent / "doc_templates" / "ru" / "contract.docx"
    text = _text(CompiledTemplate(path.read_bytes()).render(complete(example_context("ru"))))
    assert ("именуемое в дальнейшем «Исполнитель», в лице Генерального директора Орловой Марины Викторовны, "
            "действующей на основании Устава, с одной стороны") in text
    assert "в лице Директора Кравца Ильи Ильича, действующего на основании доверенности № 5" in text
