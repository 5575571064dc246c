"""Stages as files name them: won, lost, or one of the way between."""

from crm.core.text import fold
from crm.deals.models import LOST, OPEN, WON

_WON = ("won", "closed won", "success", "выигр", "успешно", "реализован", "сделка успешна", "оплачен")
_LOST = ("lost", "closed lost", "lose", "refused", "отказ", "проигр", "закрыто и не", "не реализован", "сделка провалена")
_WAY = ("lead", "new", "нов", "prospect", "первичн", "qualif", "квалиф", "engag", "contact", "контакт", "meeting",
        "встреч", "need", "потребн", "propos", "quote", "кп", "предложен", "negotiat", "переговор", "contract",
        "договор", "invoice", "счет", "payment", "оплат", "deliver", "постав")


def kind(name: str) -> str:
    """'won', 'lost' or 'open' by the words that trades use; 'not realised' is lost though it holds 'realised'."""
    folded = fold(name)
    if any(word in folded for word in _LOST):
        return LOST
    return WON if any(folded == word or word in folded for word in _WON) else OPEN


def place(name: str) -> int:
    """How far along the way a stage of this name usually stands; unknown names stand in the middle."""
    folded = fold(name)
    return next((number for number, word in enumerate(_WAY) if word in folded), len(_WAY) // 2)
