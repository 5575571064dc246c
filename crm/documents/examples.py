"""The deals that a template is tried on when it is uploaded, and which fields are numbers written out as text."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from crm.documents import qr
from crm.documents.catalogue import CATALOGUE, Context, Field, Group, complete, example_context, names_of

_ROWS = 20
_PICTURES = ("logo", "stamp", "signature")
_NOT_ON_EVERY_DEAL = ("person", "contract", "invoice", "pay_link")


def examples(lang: str) -> tuple[Context, Context]:
    """A deal with everything and long lists, and an ordinary small one: one line, no VAT, no options, no pictures."""
    picture = qr.picture("ST00012|Name=", "")
    full = example_context(lang)
    rows = [full["items"][0] | {"n": Decimal(place)} for place in range(1, _ROWS + 1)]
    full |= {"items": rows, "options": rows, "qr": picture, "company": full["company"] | dict.fromkeys(_PICTURES, picture)}
    small = example_context(lang)
    small |= {"items": [small["items"][0] | {"parts": [], "discount": "", "vat": "", "choice": ""}], "options": []}
    small["deal"] |= {"vat": "", "vat_number": Decimal(0), "discount": ""}
    for name in _NOT_ON_EVERY_DEAL:
        small.pop(name)
    return complete(full), complete(small)


@cache
def numbers() -> dict[str, str]:
    """Texts such as deal.total to the numbers beside them, deal.total_number, in both languages."""
    return dict(_numbers(CATALOGUE, ("",)))


def _numbers(nodes: tuple[Field | Group, ...], above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    beside = {node.name: node for node in nodes}
    for node in nodes:
        number = beside.get(f"{node.name}_number")
        if isinstance(node, Group):
            end = "[]." if node.many else "."
            yield from _numbers(node.fields, tuple(f"{place}{name}{end}" for place in above for name in names_of(node)))
        elif number:
            for place in above:
                for name in names_of(node):
                    yield place + name, place + (number.name if name == node.name else number.ru)
