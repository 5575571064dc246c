"""Words under which people's own templates ask for our fields: for the guess in a report, never for a document."""

import re
from functools import cache

from crm.documents import engine

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
_LEGAL = frozenset({"contract", "specification", "act", "transfer", "attorney"})  # papers that name the parties in full
_DATE_PIECES = (frozenset({"day", "день", "число"}), frozenset({"month", "месяц"}), frozenset({"year", "год"}))
_DATE_WHOLE = ("date_words", "дата_прописью")
_IN_THE_PERSON_OF = re.compile(r"\b(в лице)\b[^;]{0,200}$", re.IGNORECASE)
_ON_THE_BASIS_OF = re.compile(r"\b(на основании)\s+$", re.IGNORECASE)
_CALLED = re.compile(r"[^.;{]{0,30}?\b(именуем(?:ый|ая|ое))\b", re.IGNORECASE)
_ACTING = re.compile(r"[^.;{]{0,30}?\b(действующ(?:его|ей))\b", re.IGNORECASE)
_RU = {"name": "фио", "job": "должность", "basis": "основание", "client": "клиент", "company": "компания"}


@cache
def synonyms(kind: str = "") -> dict[str, str]:
    """Other words and names for the fields of the catalogue, for a template of this kind; see the engine's `check`."""
    found = {word: ours for ours, words in _WORDS.items() for word in words.split()}
    names = {name: ours for ours, all_names in _NAMES.items() for name in all_names.split()}
    english, russian = _ITSELF.get(kind, ("", ""))
    found |= dict.fromkeys(english.split(), "document") | dict.fromkeys(russian.split(), "документ")
    for word in english.split():
        names |= {f"{word}_{what}": f"document.{what if 'date' in what else 'number'}"
                  for what in ("number", "num", "no", "id", "date", "date_words")}
    for word in russian.split():
        names |= {f"номер_{word}": "документ.номер", f"дата_{word}": "документ.дата"}
    return found | names | (_full_names() if kind in _LEGAL else {})


def _full_names() -> dict[str, str]:
    """Where the parties are named in full, `client_name` and its like mean the legal name."""
    names = {"name": "client.legal_name"}
    for party in ("client", "company"):
        names |= {f"{word}_name": f"{party}.legal_name" for word in (party, *_WORDS[party].split())}
    for party in ("клиент", "компания"):
        names |= {f"{word}_{what}": f"{party}.полное_название" for word in (party, *_WORDS[party].split())
                  for what in ("название", "наименование", "имя")}
    return names


@cache
def habits(kind: str = "") -> "engine.Habits":
    """What stands around fields on Russian papers: cases after fixed words, words that agree with who signs, dates in pieces."""
    return engine.Habits(_neighbours(), _DATE_PIECES, _DATE_WHOLE, synonyms(kind))


def _neighbours() -> "tuple[engine.Neighbour, ...]":
    signs: dict[str, str] = {}
    for party in ("client", "company"):
        for part in ("name", "job", "basis"):
            signs[f"{party}.signatory.{part}"] = f"{party}.signatory.{part}_genitive"
            russian = f"{_RU[party]}.подписант.{_RU[part]}"
            signs[russian] = f"{russian}_в_родительном"
    called = dict.fromkeys(("client.name", "client.legal_name"), "client.called")
    called |= dict.fromkeys(("клиент.название", "клиент.полное_название"), "клиент.именуемое")
    acting = dict.fromkeys(("client.signatory.name", "client.signatory.name_genitive"), "client.signatory.acting")
    acting |= dict.fromkeys(("клиент.подписант.фио", "клиент.подписант.фио_в_родительном"), "клиент.подписант.действующего")
    return (engine.Neighbour(_IN_THE_PERSON_OF, signs, before=True), engine.Neighbour(_ON_THE_BASIS_OF, signs, before=True),
            engine.Neighbour(_CALLED, called, before=False), engine.Neighbour(_ACTING, acting, before=False))
