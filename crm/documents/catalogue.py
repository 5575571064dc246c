"""The fields that a Word template may use: one tree, English and Russian names, an example of each.

The context of a document is made of plain dicts, lists, texts and Decimals under the English names. What is
printed is text that is already written for paper in the document's language: a field of kind `money` is
'1 234,50'; empty is '' and so false in a condition. A `number` beside it, `total_number`, is the Decimal to
reckon with, in major units. Every field of the tree is always there: see `complete`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l

Context = dict[str, Any]


@dataclass(frozen=True, eq=False)  # told apart by identity: hashing the lazy texts would cost more than the document
class Field:
    """A value: `kind` is text, money, number, percent, date, choice or picture; `label` is a lazy text."""

    name: str
    ru: str
    kind: str
    label: Any
    example_ru: str
    example_en: str


@dataclass(frozen=True, eq=False)
class Group:
    """Fields below a name, or, with `many`, the fields of each row of a list."""

    name: str
    ru: str
    label: Any
    fields: tuple["Field | Group", ...]
    many: bool = False


def _f(name: str, ru: str, label: Any, example_ru: str, example_en: str | None = None,
       kind: str = "text") -> Field:
    """A field; sums, percents and initials of the examples get no-break spaces, as the program writes."""
    examples = (example_ru, example_ru if example_en is None else example_en)
    if kind in ("money", "percent") or name == "short":
        examples = (examples[0].replace(" ", "\u00a0"), examples[1].replace(" ", "\u00a0"))
    return Field(name, ru, kind, label, *examples)


def _party(name: str, ru: str, label: Any, examples: Mapping[str, tuple[str, str]], *more: Field) -> Group:
    """Our own company and the client have the same fields; the signatory's examples are under signatory_…."""
    def field(key: str, own: str, text: Any, group: str = "") -> Field:
        return _f(key, own, text, *examples[group + key])

    def signing(key: str, own: str, text: Any) -> Field:
        return field(key, own, text, "signatory_")

    return Group(name, ru, label, (
        field("name", "название", _l("Name")),
        field("legal_name", "полное_название", _l("Full legal name")),
        field("called", "именуемое", _l("The word \"hereinafter called\", agreeing with the legal form")),
        field("inn", "инн", _l("INN")),
        field("kpp", "кпп", _l("KPP")),
        field("ogrn", "огрн", _l("OGRN or OGRNIP")),
        field("vat_id", "номер_ндс", _l("VAT number")),
        field("address", "адрес", _l("Legal address")),
        field("city", "город", _l("City")),
        field("phone", "телефон", _l("Phone")),
        field("email", "почта", _l("E-mail")),
        field("bank", "банк", _l("Bank")),
        field("bic", "бик", _l("BIC")),
        field("account", "счёт", _l("Account number")),
        field("corr_account", "корр_счёт", _l("Correspondent account")),
        Group("signatory", "подписант", _l("Who signs"), (
            signing("name", "фио", _l("Surname, first name, patronymic")),
            signing("short", "фио_кратко", _l("Surname and initials")),
            signing("job", "должность", _l("Job title")),
            signing("basis", "основание", _l("Basis of authority")),
            signing("name_genitive", "фио_в_родительном", _l("Full name in the genitive")),
            signing("job_genitive", "должность_в_родительном", _l("Job title in the genitive")),
            signing("basis_genitive", "основание_в_родительном", _l("Basis in the genitive")),
            signing("acting", "действующего", _l("The word \"acting\", agreeing with the signatory")),
        )),
        *more,
    ))


_COMPANY = {
    "name": ("ООО «Вертикаль»", "Vertical Ltd"),
    "legal_name": ("Общество с ограниченной ответственностью «Вертикаль»", "Vertical Limited"),
    "called": ("именуемое", "hereinafter called"), "inn": ("7736207543", ""), "kpp": ("770401001", ""),
    "ogrn": ("1027700229193", "SC482190"), "vat_id": ("", "GB123456789"),
    "address": ("119021, г. Москва, ул. Льва Толстого, д. 16",
                "14 Queen Street, Edinburgh EH2 1JE, United Kingdom"),
    "city": ("Москва", "Edinburgh"), "phone": ("+7 495 123-45-67", "+44 131 496 0123"),
    "email": ("office@vertical.example", "office@vertical.example"),
    "bank": ("АО «Альфа-Банк»", "Royal Bank of Scotland"),
    "bic": ("044525593", "RBOSGB2L"), "account": ("40702810000001702674", "GB82 WEST 1234 5698 7654 32"),
    "corr_account": ("30101810200000000593", ""),
    "signatory_name": ("Орлова Марина Викторовна", "Margaret Campbell"),
    "signatory_short": ("Орлова М. В.", "M. Campbell"),
    "signatory_job": ("Генеральный директор", "Managing Director"),
    "signatory_basis": ("Устав", "the Articles of Association"),
    "signatory_name_genitive": ("Орловой Марины Викторовны", "Margaret Campbell"),
    "signatory_job_genitive": ("Генерального директора", "Managing Director"),
    "signatory_basis_genitive": ("Устава", "the Articles of Association"),
    "signatory_acting": ("действующей", "acting"),
}
_CLIENT = {
    "name": ("ООО «Северный порт»", "Northport GmbH"),
    "legal_name": ("Общество с ограниченной ответственностью «Северный порт»", "Northport GmbH"),
    "called": ("именуемое", "hereinafter called"), "inn": ("7707083893", ""), "kpp": ("773601001", ""),
    "ogrn": ("1027700132195", "HRB 98765"), "vat_id": ("", "DE123456789"),
    "address": ("198096, г. Санкт-Петербург, Дорога на Турухтанные Острова, д. 6",
                "Am Sandtorkai 50, 20457 Hamburg, Germany"),
    "city": ("Санкт-Петербург", "Hamburg"), "phone": ("+7 812 765-43-21", "+49 40 1234567"),
    "email": ("info@northport.example", "info@northport.example"), "bank": ("ПАО Сбербанк", "Deutsche Bank"),
    "bic": ("044525225", "DEUTDEHH"), "account": ("40702810238000139300", "DE89 3704 0044 0532 0130 00"),
    "corr_account": ("30101810400000000225", ""),
    "signatory_name": ("Кравец Илья Ильич", "Johann Weber"), "signatory_short": ("Кравец И. И.", "J. Weber"),
    "signatory_job": ("Директор", "Director"),
    "signatory_basis": ("доверенность № 5 от 01.02.2026", "power of attorney No. 5 of 1 February 2026"),
    "signatory_name_genitive": ("Кравца Ильи Ильича", "Johann Weber"),
    "signatory_job_genitive": ("Директора", "Director"),
    "signatory_basis_genitive": ("доверенности № 5 от 01.02.2026",
                                 "power of attorney No. 5 of 1 February 2026"),
    "signatory_acting": ("действующего", "acting"),
}

_DOCUMENT = Group("document", "документ", _l("Document"), (
    _f("number", "номер", _l("Number"), "17/2026"),
    _f("date", "дата", _l("Date"), "21.11.2026", "21 Nov 2026", "date"),
    _f("date_words", "дата_прописью", _l("Date in words"), "«21» ноября 2026 г.", "21 November 2026", "date"),
    _f("year", "год", _l("Year"), "2026"),
    _f("valid_until", "действует_до", _l("Valid until"), "05.12.2026", "5 Dec 2026", "date"),
    _f("valid_until_words", "действует_до_прописью", _l("Valid until, in words"), "5 декабря 2026 г.",
       "5 December 2026", "date"),
))
_PERSON = Group("person", "контакт", _l("Contact of the deal"), (
    _f("name", "фио", _l("Surname, first name, patronymic"), "Лебедь Ольга Ивановна", "Hannah Vogel"),
    _f("short", "фио_кратко", _l("Surname and initials"), "Лебедь О. И.", "H. Vogel"),
    _f("job", "должность", _l("Job title"), "Начальник отдела закупок", "Head of Purchasing"),
    _f("phone", "телефон", _l("Phone"), "+7 921 123-45-67", "+49 170 1234567"),
    _f("email", "почта", _l("E-mail"), "o.lebed@northport.example", "h.vogel@northport.example"),
))
_DEAL = Group("deal", "сделка", _l("Deal"), (
    _f("title", "название", _l("Title"), "Оснащение учебного класса", "Training room equipment"),
    _f("number", "номер", _l("Number"), "1042"),
    _f("subtotal", "до_скидки", _l("Amount before the discount"), "366 000,00", "3,660.00", "money"),
    _f("discount", "скидка", _l("Discount, amount"), "18 300,00", "183.00", "money"),
    _f("total", "итого", _l("Total"), "347 700,00", "3,477.00", "money"),
    _f("total_number", "итого_число", _l("Total, as a number for calculations"), "347700.00", "3477.00", "number"),
    _f("total_words", "итого_прописью", _l("Total in words"),
       "Триста сорок семь тысяч семьсот рублей 00 копеек",
       "Three thousand, four hundred and seventy-seven euros and 00 cents"),
    _f("net", "без_ндс", _l("Total without VAT"), "285 000,00", "2,850.00", "money"),
    _f("vat", "ндс", _l("VAT"), "62 700,00", "627.00", "money"),
    _f("vat_number", "ндс_число", _l("VAT, as a number for calculations"), "62700.00", "627.00", "number"),
    _f("vat_words", "ндс_прописью", _l("VAT in a sentence, or \"No VAT\""),
       "в том числе НДС 22\u00a0% — 62\u00a0700,00\u00a0руб.", "including VAT at 22%: €627.00"),
    _f("currency", "валюта", _l("Currency, the code"), "RUB", "EUR"),
    _f("currency_sign", "знак_валюты", _l("Currency, as written after an amount"), "руб.", "€"),
))
_PARTS = Group("parts", "состав", _l("What a set holds"), (
    _f("name", "название", _l("Name"), "Саморез 4×16", "Screw 4 x 16"),
    _f("unit", "единица", _l("Unit"), "шт.", "pc"),
    _f("quantity", "количество", _l("Quantity"), "120"),
    _f("quantity_number", "количество_число", _l("Quantity, as a number for calculations"), "120", kind="number"),
), many=True)
_ITEMS = Group("items", "позиции", _l("Items"), (
    _f("n", "номер", _l("Number in the list"), "1", kind="number"),
    _f("name", "название", _l("Name"), "Стол ученический, регулируемый", "Pupil's desk, adjustable"),
    _f("code", "артикул", _l("Product code"), "ST-12"),
    _f("unit", "единица", _l("Unit"), "шт.", "pc"),
    _f("unit_code", "код_единицы", _l("Unit, its code of the classifier (OKEI)"), "796"),
    _f("quantity", "количество", _l("Quantity"), "30"),
    _f("quantity_number", "количество_число", _l("Quantity, as a number for calculations"), "30", kind="number"),
    _f("price", "цена", _l("Price"), "12 200,00", "122.00", "money"),
    _f("price_number", "цена_число", _l("Price, as a number for calculations"), "12200.00", "122.00", "number"),
    _f("discount", "скидка", _l("Discount, percent"), "5 %", "5%", "percent"),
    _f("vat_rate", "ставка_ндс", _l("VAT rate"), "22 %", "22%", "percent"),
    _f("vat", "ндс", _l("VAT"), "62 700,00", "627.00", "money"),
    _f("net", "без_ндс", _l("Amount without VAT"), "285 000,00", "2,850.00", "money"),
    _f("total", "сумма", _l("Amount"), "347 700,00", "3,477.00", "money"),
    _f("total_number", "сумма_число", _l("Amount, as a number for calculations"), "347700.00", "3477.00", "number"),
    _PARTS,
    _f("choice", "выбор", _l("That the client may choose it, in words"), "на выбор: Парты", "to choose: Desks"),
), many=True)
_OPTIONS = Group("options", "варианты", _l("Lines to choose that are not in the total"), tuple(
    _f(one.name, one.ru, one.label, one.example_ru, one.example_en, one.kind) if one.name != "choice" else
    _f("choice", "выбор", one.label, "по желанию", "optional") for one in _ITEMS.fields if isinstance(one, Field)), many=True)
_MANAGER = Group("manager", "менеджер", _l("Manager"), (
    _f("name", "фио", _l("Surname, first name, patronymic"), "Смирнова Алина Олеговна", "Alice Morrison"),
    _f("short", "фио_кратко", _l("Surname and initials"), "Смирнова А. О.", "A. Morrison"),
    _f("job", "должность", _l("Job title"), "Менеджер по работе с клиентами", "Account manager"),
    _f("phone", "телефон", _l("Phone"), "+7 903 765-43-21", "+44 7700 900123"),
    _f("email", "почта", _l("E-mail"), "a.smirnova@vertical.example", "a.morrison@vertical.example"),
))
_CONTRACT = Group("contract", "договор", _l("The deal's contract"), (
    _f("number", "номер", _l("Number"), "9/2026"),
    _f("date", "дата", _l("Date"), "14.11.2026", "14 Nov 2026", "date"),
    _f("date_words", "дата_прописью", _l("Date in words"), "«14» ноября 2026 г.", "14 November 2026", "date"),
))
_BILL = Group("invoice", "счёт_на_оплату", _l("The deal's invoice"), (
    _f("number", "номер", _l("Number"), "31/2026"),
    _f("date", "дата", _l("Date"), "18.11.2026", "18 Nov 2026", "date"),
    _f("date_words", "дата_прописью", _l("Date in words"), "«18» ноября 2026 г.", "18 November 2026", "date"),
))

CATALOGUE: tuple[Field | Group, ...] = (
    _DOCUMENT,
    _party("company", "компания", _l("Our company"), _COMPANY,
           _f("vat_ground", "основание_без_ндс", _l("Ground for no VAT"), "ст. 145 НК РФ", "below the threshold"),
           _f("logo", "логотип", _l("Logo"), "", kind="picture"), _f("stamp", "печать", _l("Stamp"), "", kind="picture"),
           _f("signature", "подпись", _l("Signature"), "", kind="picture")),
    _party("client", "клиент", _l("Client"), _CLIENT,
           _f("kind", "вид", _l("Kind: company, entrepreneur or person"), "company", kind="choice"),
           _f("passport", "паспорт", _l("Passport of a private person"), "", "")),
    _PERSON, _DEAL, _ITEMS, _OPTIONS, _MANAGER, _CONTRACT, _BILL,
    _f("qr", "куар", _l("QR code for payment"), "", kind="picture"),
    _f("pay_link", "ссылка_на_оплату", _l("Your page for cards, with number and sum"), "https://pay.example.com/?order=12"),
)


@dataclass(frozen=True)
class Entry:
    """One row of the field picker: both paths, kind, label and examples; rows of lists as `items[].price`."""

    path: str
    path_ru: str
    kind: str
    label: Any
    group: Any
    example_ru: str
    example_en: str


def entries() -> Iterator[Entry]:
    """Every field of the tree in its order, for search and copying."""
    yield from _entries(CATALOGUE, "", "", "")


def _entries(nodes: tuple[Field | Group, ...], path: str, path_ru: str, group: Any) -> Iterator[Entry]:
    for node in nodes:
        if isinstance(node, Group):
            end = "[]." if node.many else "."
            yield from _entries(node.fields, path + node.name + end, path_ru + node.ru + end, node.label)
        else:
            yield Entry(path + node.name, path_ru + node.ru, node.kind, node.label, group, node.example_ru,
                        node.example_en)


def _names(node: Field | Group) -> tuple[str, ...]:
    """The English name, the Russian one, and the Russian one as typed without ё."""
    return tuple(dict.fromkeys((node.name, node.ru, node.ru.replace("ё", "е"))))


@cache
def field_tree() -> dict[str, Any]:
    """The paths that a template may name, in both languages: a kind, a dict for a group, [dict] for rows."""
    return _tree(CATALOGUE)


def _tree(nodes: tuple[Field | Group, ...]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for node in nodes:
        below: Any = _tree(node.fields) if isinstance(node, Group) else node.kind
        for name in _names(node):
            tree[name] = [below] if isinstance(node, Group) and node.many else below
    return tree


class Bilingual(dict[str, Any]):
    """A dict that also answers to the Russian names of its keys; nothing is copied for them."""

    __slots__ = ("_aliases",)

    def __init__(self, values: Mapping[str, Any], aliases: Mapping[str, str]) -> None:
        super().__init__(values)
        self._aliases = aliases

    def __missing__(self, key: str) -> Any:
        return self[self._aliases[key]]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or super().__contains__(self._aliases.get(str(key)))

    def get(self, key: str, default: Any = None) -> Any:
        """The value under either name."""
        return super().get(self._aliases.get(key, key), default)


@cache
def _aliases(nodes: tuple[Field | Group, ...]) -> dict[str, str]:
    return {name: node.name for node in nodes for name in _names(node)[1:]}


def complete(context: Mapping[str, Any]) -> Context:
    """The context with every known field present and under both names, ready to be rendered.

    A missing text is '', a missing number 0, a missing picture None, a missing list []. The roots stand
    twice, as the engine copies them; everything below answers to its Russian name without a copy. Keys that
    the tree does not know are kept.
    """
    whole = dict(_filled(CATALOGUE, context))
    return whole | {alias: whole[name] for alias, name in _aliases(CATALOGUE).items()}


def _filled(nodes: tuple[Field | Group, ...], values: Mapping[str, Any]) -> Bilingual:
    filled = dict(values)
    for node in nodes:
        given = values.get(node.name)
        if isinstance(node, Field):
            filled[node.name] = _EMPTY.get(node.kind, "") if given is None else given
        elif node.many:
            filled[node.name] = [_filled(node.fields, row) for row in given or ()]
        else:
            filled[node.name] = _filled(node.fields, given or {})
    return Bilingual(filled, _aliases(nodes))


_EMPTY: dict[str, Any] = {"number": Decimal(0), "picture": None}


def example_context(lang: str) -> Context:
    """A context of examples in 'ru' or 'en', to try a template without a deal; not yet `complete`."""
    return {node.name: _example(node, lang) for node in CATALOGUE}


def _example(node: Field | Group, lang: str) -> Any:
    if isinstance(node, Group):
        below = {part.name: _example(part, lang) for part in node.fields}
        return [below] if node.many else below
    text = node.example_ru if lang == "ru" else node.example_en
    if node.kind == "number":
        return Decimal(text)
    return None if node.kind == "picture" else text


def freeze(context: Any) -> Any:
    """The context as JSON can keep it: a Decimal becomes {'decimal': '12.50'}; pictures are left out."""
    if isinstance(context, Mapping):
        return {key: freeze(value) for key, value in context.items()}
    if isinstance(context, (list, tuple)):
        return [freeze(value) for value in context]
    if isinstance(context, Decimal):
        return {"decimal": str(context)}
    return context if isinstance(context, (str, int, float)) else None


def thaw(frozen: Any) -> Any:
    """What `freeze` kept, as it was; pictures are None and are drawn anew."""
    if isinstance(frozen, dict):
        if frozen.keys() == {"decimal"}:
            return Decimal(frozen["decimal"])
        return {key: thaw(value) for key, value in frozen.items()}
    return [thaw(value) for value in frozen] if isinstance(frozen, list) else frozen
