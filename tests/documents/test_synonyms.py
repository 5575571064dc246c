"""Other people's names of fields lead to ours."""

import pytest

from crm.documents.catalogue import field_tree
from crm.documents.engine import Report, check
from crm.documents.engine.fields import paths
from crm.documents.synonyms import _NAMES, _full_names, habits, synonyms
from tests.documents.engine.word_file import docx


@pytest.mark.parametrize(("name", "kind", "ours"), [
    ("CLIENT_NAME", "", "client.name"), ("customer_inn", "", "client.inn"), ("DOC_NUMBER", "", "document.number"),
    ("AMOUNT_WORDS", "", "deal.total_words"), ("CLIENT_RS", "", "client.account"), ("CLIENT_BIK", "", "client.bic"),
    ("CLIENT_KS", "", "client.corr_account"), ("REPRESENTATIVE_SHORT", "", "client.signatory.short"), ("clientName", "", "client.name"),
    ("contract_number", "contract", "document.number"), ("contract_number", "act", "contract.number"),
    ("заказчик_инн", "", "клиент.инн"), ("сумма_прописью", "", "сделка.итого_прописью"), ("номер_договора", "contract", "документ.номер"),
    ("CLIENT_NAME", "contract", "client.legal_name"), ("companyName", "contract", "company.legal_name"),
    ("seller_name", "act", "company.legal_name"), ("CLIENT_NAME", "quote", "client.name"), ("заказчик_наименование", "contract",
     "клиент.полное_название"), ("contract_date", "contract", "document.date"), ("date_of_contract", "contract", None),
    ("contractNo", "contract", "document.number"), ("contract_date", "specification", "contract.date"),
    ("contract_number", "specification", "contract.number"), ("CAR_MODEL", "", None), ("tracking_number", "", None)])
def test_a_name_of_another_template_is_understood(name: str, kind: str, ours: str | None) -> None:
    report = check(docx("{{ " + name + " }}"), field_tree(), synonyms=synonyms(kind))
    assert [fault.params.get("suggestion") for fault in report.faults] == [ours]


def test_every_name_leads_to_a_field_that_there_is() -> None:
    known = set(paths(field_tree()))
    assert (set(_NAMES) | set(_full_names().values())) - known == set()
    for one in habits("contract").neighbours:
        assert (set(one.fields) | set(one.fields.values())) - known == set()


def report_of(*body: str, kind: str = "contract") -> Report:
    return check(docx(*body), field_tree(), synonyms=synonyms(kind), habits=habits(kind))


@pytest.mark.parametrize(("text", "ours"), [
    ("в лице {{REPRESENTATIVE}}", "client.signatory.name_genitive"),
    ("Исполнитель, В лице директора {{ company_signatory }}", "company.signatory.name_genitive"),
    ("в лице {{ client_job }} {{ client.signatory.name_genitive }}", "client.signatory.job_genitive"),
    ("подписал {{REPRESENTATIVE}}", "client.signatory.name"),
    ("действует на основании {{ client_basis }}", "client.signatory.basis_genitive")])
def test_a_guess_has_the_case_that_the_words_before_it_ask_for(text: str, ours: str) -> None:
    assert [fault.params.get("suggestion") for fault in report_of(text).faults] == [ours]


def test_a_field_in_the_wrong_case_is_warned_of() -> None:
    report = report_of("а", "{{ client.called }}, в лице {{ клиент.подписант.фио }}, {{ client.signatory.acting }} на основании Устава")
    assert report.ok
    assert [(one.code, one.place.paragraph, one.params["suggestion"]) for one in report.warnings] == [
        ("form_beside", 2, "клиент.подписант.фио_в_родительном")]


def test_a_fixed_word_that_should_agree_is_warned_of() -> None:
    report = report_of("{{CLIENT_NAME}}, именуемый в дальнейшем «Заказчик», в лице {{REPRESENTATIVE}}, действующего на основании Устава, "
                       "и {{ company.legal_name }}, именуемое в дальнейшем «Исполнитель»")
    assert [(one.code, one.params["words"], one.params["suggestion"]) for one in report.warnings] == [
        ("fixed_word", "именуемый", "{{ client.called }}"), ("fixed_word", "действующего", "{{ client.signatory.acting }}")]


@pytest.mark.parametrize(("kind", "text", "ours"), [
    ("contract", "«{{ contract_day }}» {{ contract_month_ru }} {{ contract_year }} г.", "document.date_words"),
    ("act", "«{{ contract_day }}» {{ contract_month }} {{ contract_year }} г.", "contract.date_words"),
    ("contract", "{{ day }} {{ month }} {{ year }}", "document.date_words"),
    ("contract", "{{DOC_DATE_DAY}} {{DOC_DATE_MONTH}} 2026", "document.date_words"),
    ("contract", "«{{ день }}» {{ месяц }} {{ год }}", "документ.дата_прописью")])
def test_a_date_in_pieces_is_one_field(kind: str, text: str, ours: str) -> None:
    faults = report_of(text, kind=kind).faults
    assert {(fault.code, fault.params["suggestion"]) for fault in faults} == {("in_pieces", ours)}
    assert len(faults) == text.count("{{")


def test_a_year_alone_is_a_year() -> None:
    assert [fault.params["suggestion"] for fault in report_of("до 31 декабря {{YEAR}} г.").faults] == ["document.year"]


@pytest.mark.parametrize("name", ["item.total", "item.name", "позиция.сумма", "items.total", "option.name"])
def test_a_field_of_a_row_outside_its_list_says_where_it_works(name: str) -> None:
    (fault,) = report_of("Итого {{ " + name + " }}").faults
    assert fault.code == "row_outside"
    assert "{%tr for item in items %}" in fault.message(str) or "item" not in name


def test_in_the_list_the_name_of_its_row_is_meant() -> None:
    (fault,) = report_of("{% for i in items %}{{ item.total }}{% endfor %}").faults
    assert fault.params["suggestion"] == "i.total"
