"""Other people's names of fields lead to ours."""

import pytest

from crm.documents.catalogue import field_tree
from crm.documents.engine import check
from crm.documents.engine.fields import paths
from crm.documents.synonyms import _NAMES, synonyms
from tests.documents.engine.word_file import docx


@pytest.mark.parametrize(("name", "kind", "ours"), [
    ("CLIENT_NAME", "", "client.name"), ("customer_inn", "", "client.inn"), ("DOC_NUMBER", "", "document.number"),
    ("AMOUNT_WORDS", "", "deal.total_words"), ("CLIENT_RS", "", "client.account"), ("CLIENT_BIK", "", "client.bic"),
    ("CLIENT_KS", "", "client.corr_account"), ("REPRESENTATIVE_SHORT", "", "client.signatory.short"), ("clientName", "", "client.name"),
    ("contract_number", "contract", "document.number"), ("contract_number", "act", "contract.number"),
    ("заказчик_инн", "", "клиент.инн"), ("сумма_прописью", "", "сделка.итого_прописью"), ("номер_договора", "contract", "документ.номер"),
    ("CAR_MODEL", "", None), ("tracking_number", "", None)])
def test_a_name_of_another_template_is_understood(name: str, kind: str, ours: str | None) -> None:
    report = check(docx("{{ " + name + " }}"), field_tree(), synonyms=synonyms(kind))
    assert [fault.params.get("suggestion") for fault in report.faults] == [ours]


def test_every_name_leads_to_a_field_that_there_is() -> None:
    assert set(_NAMES) - set(paths(field_tree())) == set()
