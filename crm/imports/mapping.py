"""Which column of a file is which field of ours: known names in any order, language and spelling."""

import re
from collections.abc import Mapping
from decimal import Decimal

from crm.core.text import fold

DEALS: dict[str, tuple[str, ...]] = {
    "key": ("opportunity id", "deal id", "id", "id сделки", "номер сделки", "код"),
    "title": ("title", "deal", "deal name", "opportunity name", "название сделки", "сделка", "название", "name"),
    "manager": ("sales agent", "agent", "manager", "owner", "deal owner", "ответственный", "менеджер", "продавец"),
    "product": ("product", "product name", "товар", "продукт", "услуга"),
    "company": ("account", "company", "account name", "customer", "organization", "компания", "клиент",
                "компания контакта", "организация"),
    "contact": ("contact", "contact name", "основной контакт", "контакт", "контактное лицо"),
    "stage": ("deal stage", "stage", "status", "этап", "этап сделки", "стадия", "стадия сделки", "статус"),
    "engaged_on": ("engage date", "created", "create date", "created at", "start date", "дата создания",
                   "дата создания сделки", "начало", "дата начала"),
    "closed_on": ("close date", "closed", "closed at", "closed date", "дата закрытия", "дата завершения"),
    "amount": ("close value", "amount", "value", "deal value", "sum", "бюджет", "сумма", "сумма сделки", "бюджет сделки"),
    "source": ("source", "lead source", "источник", "источник сделки"),
    "comment": ("comment", "notes", "note", "комментарий", "примечание"),
    "next_step": (),
}
CONTACTS: dict[str, tuple[str, ...]] = {
    "key": ("contact id", "id"),
    "full_name": ("display name", "name", "full name", "фио", "полное имя", "контакт", "имя и фамилия"),
    "surname": ("last name", "family name", "surname", "фамилия"),
    "given_name": ("first name", "given name", "имя"),
    "patronymic": ("middle name", "additional name", "отчество"),
    "company": ("company", "organization name", "organization 1 - name", "organization", "компания", "организация",
                "название компании"),
    "job": ("job title", "title", "organization title", "organization 1 - title", "должность", "position"),
    "birthday": ("birthday", "дата рождения", "день рождения"),
    "comment": ("notes", "comment", "note", "комментарий", "примечание", "заметки"),
    "source": ("lead source", "source", "источник"),
    "manager": ("contact owner", "owner", "ответственный", "менеджер"),
    "inn": ("inn", "инн"),
    "city": ("city", "home city", "город"),
    "phone": (), "email": (),
}
PRODUCTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "product", "product name", "title", "название", "наименование", "товар", "номенклатура", "название товара"),
    "sku": ("product code", "code", "sku", "article", "артикул", "код", "код товара"),
    "group": ("group", "category", "группа", "категория", "раздел"),
    "unit": ("unit", "uom", "единица", "ед", "ед.", "ед. изм.", "ед.изм.", "единица измерения"),
    "price": ("price", "unit price", "цена", "розничная цена", "цена с ндс"),
    "currency": ("currency", "валюта"),
    "vat_rate": ("vat, %", "vat", "vat rate", "ндс, %", "ндс", "ставка ндс"),
    "cost": ("cost", "unit cost", "себестоимость", "закупочная цена", "закупка"),
    "margin": ("margin", "margin, %", "маржа", "маржа, %", "рентабельность"),
    "markup": ("markup", "markup, %", "наценка", "наценка, %"),
}
NAMES = {"deals": DEALS, "contacts": CONTACTS, "products": PRODUCTS}
FROM = re.compile(r"^(?P<list>.+?)[,;:]?\s+(?:от|from)\s+(?P<start>\d+(?:[.,]\d{1,3})?)(?:\s*\S+)?$", re.IGNORECASE)
LIST_FIELD = re.compile(r"^list-(\d{1,9})-(\d{1,9}(?:\.\d{1,3})?)$")
PHONE_WORDS = ("phone", "mobile", "tel", "телефон", "мобильный", "сотовый")
EMAIL_WORDS = ("e-mail", "email", "mail", "почта")
NOT_A_VALUE = ("type", "label", "тип", "fax", "факс")


def known(what: str) -> tuple[str, ...]:
    """The fields that such a file can fill; those of price lists are known by `list_field`."""
    return tuple(NAMES[what])


def list_field(field: str) -> tuple[int, Decimal] | None:
    """The list and the quantity that a field such as list-3-10 is the price of."""
    match = LIST_FIELD.match(field)
    return (int(match[1]), Decimal(match[2])) if match else None


def guess_lists(columns: list[str], lists: Mapping[str, int]) -> dict[str, str]:
    """Column -> field for prices of lists, {name: id}: 'Wholesale' and 'Wholesale, from 10'."""
    known, found = {fold(name): list_id for name, list_id in lists.items()}, {}
    for column in columns:
        match = FROM.match(column.strip())
        name, start = (match["list"], match["start"].replace(",", ".")) if match else (column.strip(), "1")
        if fold(name) in known:
            found[column] = f"list-{known[fold(name)]}-{Decimal(start).normalize():f}"
    return found


def guess(columns: list[str], what: str) -> dict[str, str]:
    """Column -> field for the names that are known; several columns may be phones or e-mails."""
    names = NAMES[what]
    folded = {column: fold(column.replace("_", " ").replace(".", " ")) for column in columns}
    found: dict[str, str] = {}
    for field, spellings in names.items():
        for spelling in spellings:
            column = next((column for column, name in folded.items()
                           if name == spelling and column not in found), None)
            if column is not None:
                found[column] = field
                break
    if what == "contacts":
        for column, name in folded.items():
            if column not in found and not any(word in name for word in NOT_A_VALUE):
                if any(word in name for word in EMAIL_WORDS):
                    found[column] = "email"
                elif any(word in name for word in PHONE_WORDS):
                    found[column] = "phone"
    return found
