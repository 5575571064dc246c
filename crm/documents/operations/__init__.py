"""Writes about templates and documents. Nothing here commits."""

from crm.documents.operations.agreement import (
    agree,
    ask_lawyer,
    due_by_default,
    give_back,
    may_send,
    note_sent,
    set_rules,
    take_from_lawyer,
)
from crm.documents.operations.answers import accept, ask, take_choice_back, why_not
from crm.documents.operations.batches import MOST, begin_batch, run_batch, stop_batch
from crm.documents.operations.cancelling import cancel_document, revive_document
from crm.documents.operations.correcting import make_corrected
from crm.documents.operations.errors import (
    DocumentError,
    DraftChangedError,
    NotCorrectedError,
    TemplateRefused,
    UnlikeError,
)
from crm.documents.operations.links import DAYS, make_link, recall_link, record_opening, token, token_hash
from crm.documents.operations.making import make_document, remake, title, valid_by_default
from crm.documents.operations.numbers import set_number_rule, take_number
from crm.documents.operations.paying import keep_paid
from crm.documents.operations.pdfs import ask_for_pdf, keep_pdf
from crm.documents.operations.pictures import MOST_PICTURE, set_picture, take_off
from crm.documents.operations.remarks import add_remark, settle
from crm.documents.operations.signing import MIMES, keep_original, set_terms, sign, step_back
from crm.documents.operations.templates import (
    annotated,
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
from crm.documents.operations.versions import add_edited, fill_anew, look_into

__all__ = [
    "DAYS",
    "MIMES",
    "MOST",
    "MOST_PICTURE",
    "DocumentError",
    "DraftChangedError",
    "NotCorrectedError",
    "TemplateRefused",
    "UnlikeError",
    "accept",
    "add_edited",
    "add_remark",
    "agree",
    "annotated",
    "ask",
    "ask_for_pdf",
    "ask_lawyer",
    "begin_batch",
    "bring_back",
    "cancel_document",
    "due_by_default",
    "fill_anew",
    "give_back",
    "install_templates",
    "keep_original",
    "keep_paid",
    "keep_pdf",
    "look",
    "look_into",
    "make_corrected",
    "make_document",
    "make_link",
    "may_send",
    "note_sent",
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
    "set_rules",
    "set_terms",
    "settle",
    "sign",
    "step_back",
    "stop_batch",
    "stored_template",
    "take_choice_back",
    "take_from_lawyer",
    "take_number",
    "take_off",
    "take_shipped",
    "template_for",
    "title",
    "token",
    "token_hash",
    "upload",
    "valid_by_default",
    "why_not",
]
