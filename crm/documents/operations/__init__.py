"""Writes about templates and documents. Nothing here commits."""

from crm.documents.operations.answers import accept, ask, take_choice_back, why_not
from crm.documents.operations.batches import MOST, begin_batch, run_batch, stop_batch
from crm.documents.operations.cancelling import cancel_document, revive_document
from crm.documents.operations.errors import DocumentError, TemplateRefused
from crm.documents.operations.links import DAYS, make_link, recall_link, record_opening, token, token_hash
from crm.documents.operations.making import make_document, remake, valid_by_default
from crm.documents.operations.numbers import set_number_rule, take_number
from crm.documents.operations.pdfs import ask_for_pdf, keep_pdf
from crm.documents.operations.pictures import MOST_PICTURE, set_picture, take_off
from crm.documents.operations.templates import (
    bring_back,
    install_templates,
    look,
    offer,
    picture_of,
    put_away,
    stored_template,
    take_shipped,
    template_for,
    upload,
)

__all__ = [
    "DAYS",
    "MOST",
    "MOST_PICTURE",
    "DocumentError",
    "TemplateRefused",
    "accept",
    "ask",
    "ask_for_pdf",
    "begin_batch",
    "bring_back",
    "cancel_document",
    "install_templates",
    "keep_pdf",
    "look",
    "make_document",
    "make_link",
    "offer",
    "picture_of",
    "put_away",
    "recall_link",
    "record_opening",
    "remake",
    "revive_document",
    "run_batch",
    "set_number_rule",
    "set_picture",
    "stop_batch",
    "stored_template",
    "take_choice_back",
    "take_number",
    "take_off",
    "take_shipped",
    "template_for",
    "token",
    "token_hash",
    "upload",
    "valid_by_default",
    "why_not",
]
