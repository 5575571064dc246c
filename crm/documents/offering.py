"""For which deals a template is offered: by our company, pipeline, stage, client, VAT. Terms that are not set ask for nothing."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.deals.models import Deal
from crm.deals.queries.prices import client_kind
from crm.firms import queries as firms
from crm.firms.models import FIRST

WITH, WITHOUT = "with", "without"
VAT = {WITH: _l("with VAT"), WITHOUT: _l("without VAT")}
CLIENTS = {"company": _l("Company"), "entrepreneur": _l("Sole trader"), "person": _l("Private person")}
NAMES = ("firms", "pipelines", "stages", "clients", "vat")


def vat_mode(deal: Deal) -> str:
    """Whether the deal's lines bear VAT; without lines, whether the deal's company of ours usually does."""
    if deal.lines:
        return WITH if any(line.vat_rate is not None for line in deal.lines) else WITHOUT
    return WITHOUT if firms.details(deal.firm_id).vat_rate is None else WITH


def fits(terms: Mapping[str, Any], deal: Deal) -> bool:
    """Whether a template with these terms is offered for the deal."""
    found = {"firms": deal.firm_id or FIRST, "pipelines": deal.pipeline_id, "stages": deal.stage_id, "clients": client_kind(deal)}
    return all(not terms.get(name) or value in terms[name] for name, value in found.items()) and (
        not terms.get("vat") or terms["vat"] == vat_mode(deal))


def strictness(terms: Mapping[str, Any]) -> int:
    """How many things the terms ask for: the template that asks for more is the one that was meant."""
    return sum(bool(terms.get(name)) for name in NAMES)
