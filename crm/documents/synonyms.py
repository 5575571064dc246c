"""Words under which people's own templates ask for our fields: for the guess in a report, never for a document."""

from functools import cache

_WORDS = {  # our word: theirs, one by one
    "client": "customer buyer counterparty contractor partner party", "company": "seller supplier vendor our executor provider",
    "deal": "order", "document": "doc quote offer kp", "invoice": "bill", "contract": "agreement", "manager": "employee agent",
    "client signatory": "representative signer director ceo", "number": "num no id", "date": "day", "bic": "bik", "account": "rs iban",
    "corr account": "ks", "name": "fio fullname", "phone": "tel mobile", "email": "mail", "job": "position post", "vat": "nds tax",
    "total": "sum amount cost", "city": "town", "words": "propis", "valid until": "expiry expires deadline valid", "quantity": "qty count",
    "клиент": "заказчик покупатель контрагент арендатор", "компания": "исполнитель поставщик продавец подрядчик наша", "сделка": "заказ",
    "клиент подписант": "директор руководитель представитель", "телефон": "тел", "название": "наименование имя", "счёт": "рс счет",
    "корр счёт": "кс", "итого": "сумма стоимость",
}
_NAMES = {  # our field: whole names that mean it
    "client.name": "name client_name customer_name", "client.legal_name": "client_full", "client.inn": "inn taxid tax_id",
    "client.kpp": "kpp",
    "client.ogrn": "ogrn", "client.address": "address", "client.city": "city town", "client.phone": "phone tel",
    "client.email": "email mail", "client.bank": "bank",
    "company.legal_name": "company_full", "client.signatory.basis_genitive": "representative_basis",
    "document.number": "number num no", "document.year": "year doc_year contract_year",
    "document.date": "date day today doc_date_day",
    "document.valid_until": "valid_date payment_deadline",
    "deal.total": "total amount sum amount_number total_cost total_amount", "deal.total_words": "total_words amount_words sum_words",
    "deal.subtotal": "subtotal", "deal.vat": "vat vat_amount", "deal.vat_words": "vat_rate", "items": "item_list lines products",
    "клиент.инн": "инн", "клиент.кпп": "кпп", "клиент.огрн": "огрн", "клиент.адрес": "адрес", "клиент.телефон": "телефон",
    "клиент.почта": "почта", "клиент.банк": "банк", "контакт.фио": "фио", "документ.номер": "номер", "документ.дата": "дата",
    "сделка.итого_прописью": "сумма_прописью", "сделка.ндс": "ндс",
}
# In a contract “the number of the contract” is its own; in an act it is that of the deal's contract.
_ITSELF = {"contract": ("contract agreement", "договор договора"), "invoice": ("invoice bill", "счета"), "act": ("act", "акта")}


@cache
def synonyms(kind: str = "") -> dict[str, str]:
    """Other words and names for the fields of the catalogue, for a template of this kind; see the engine's `check`."""
    found = {word: ours for ours, words in _WORDS.items() for word in words.split()}
    names = {name: ours for ours, all_names in _NAMES.items() for name in all_names.split()}
    english, russian = _ITSELF.get(kind, ("", ""))
    for word in english.split():
        names |= {f"{word}_{what}": f"document.{'date' if what == 'date' else 'number'}" for what in ("number", "num", "no", "id", "date")}
    for word in russian.split():
        names |= {f"номер_{word}": "документ.номер", f"дата_{word}": "документ.дата"}
    return found | names
