"""Writes about clients. Every one of them ends with a fact on the timeline; nothing here commits."""

from crm.clients.operations.cards import ClientError, delete, restore, set_channels
from crm.clients.operations.companies import (
    choose_company,
    create_company,
    find_or_create_company,
    set_accounts,
    update_company,
)
from crm.clients.operations.notes import add_note, log_call
from crm.clients.operations.people import choose_contact, create_contact, find_or_create_contact, update_contact

__all__ = [
    "ClientError", "add_note", "choose_company", "choose_contact", "create_company", "create_contact",
    "delete", "find_or_create_company", "find_or_create_contact", "log_call", "restore",
    "set_accounts", "set_channels", "update_company", "update_contact",
]
