"""The products of a deal, edited in place."""

import json
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.catalog import pricing, units, vat
from crm.catalog import queries as catalog
from crm.catalog.models import Product
from crm.clients import access as clients
from crm.core import access, modules, once
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.sealed import seal, unseal
from crm.core.web import render, toast
from crm.deals import operations
from crm.deals.access import actor, line_of
from crm.deals.access import deal as the_deal
from crm.deals.forms.deals import LineForm, shown_line
from crm.deals.models import Deal, DealLine
from crm.deals.queries import prices
from crm.deals.queries.lines import fingerprint
from crm.deals.queries.page import deal_page
from crm.deals.routes.answers import changed, on_the_page, sent_before

blueprint = Blueprint("lines", __name__, url_prefix="/deals/<int:deal_id>/lines")


@blueprint.get("")
@access.need("deals.see")
def index(deal_id: int) -> ResponseReturnValue:
    """The products of a deal as a part of its page: what "cancel" puts back."""
    page = deal_page(the_deal(deal_id, "see"), actor())
    return render("deals/show.html", "deals/_lines.html", page=page, sees=clients.sees)


@blueprint.route("/new", methods=["GET", "POST"])
@access.need("deals.edit")
def add(deal_id: int) -> ResponseReturnValue:
    """A further line; sending it twice adds one."""
    deal = the_deal(deal_id, "edit")
    form = LineForm(money_in=deal.currency, shows_cost=catalog.shows_cost(actor()), data=_empty(deal))
    if not _fine(form, deal, None):
        return _form(form, deal, None)
    if once.already(form.once.data) is None:
        operations.add_line(deal, _wanted(form, deal, None), actor=actor())
        once.keep(form.once.data, url_for("deals.show", deal_id=deal.id))
    else:
        sent_before()
    return changed(deal, "lines")


def _fine(form: LineForm, deal: Deal, line: DealLine | None) -> bool:
    """Whether the form can be saved: nothing is sold for 0 because nobody knew its price."""
    if not form.validate_on_submit():
        return False
    formed = prices.form_for(deal, _meant(form, line), _quantity(form)) if form.price.data is None else None
    return bool(formed and formed.known) or form.ask_price()


def _empty(deal: Deal) -> dict[str, Any]:
    return {"quantity": Decimal(1), "vat_rate": vat.to_code(prices.usual_vat(deal))}


def _filled_in(deal_id: int, *, shows_cost: bool) -> tuple[Deal, DealLine | None, LineForm]:
    """The deal, the line that is changed (none for a new one), and its form with what was typed so far."""
    deal, line_id = the_deal(deal_id, "edit"), request.args.get("line", 0, type=int)
    line = line_of(deal, line_id) if line_id else None
    return deal, line, LineForm(request.args, money_in=deal.currency, shows_cost=shows_cost, suffix=str(line_id or "new"))


@blueprint.get("/form")
@access.need("deals.edit")
def refill(deal_id: int) -> ResponseReturnValue:
    """The form after a product was chosen: its unit, price and VAT are filled in."""
    deal, line, form = _filled_in(deal_id, shows_cost=catalog.shows_cost(actor()))
    product, formed = _product(form.product_id.data), None
    if product is not None:
        formed = prices.form_for(deal, product, _quantity(form))
        form.fill(product, deal.currency, formed.price if formed and formed.known else None, prices.vat_of(deal, product, line))
    return _form(form, deal, line, status=200, formed=formed)


@blueprint.get("/price")
@access.need("deals.edit")
def price(deal_id: int) -> ResponseReturnValue:
    """The price after the quantity changed: that of the list, unless somebody typed another."""
    deal, line, form = _filled_in(deal_id, shows_cost=False)
    formed = prices.form_for(deal, _product(form.product_id.data) or _kept(line, form), _quantity(form))
    if formed is not None and formed.known and form.price_kept:
        form.offer(formed.price)
    return _form(form, deal, line, status=200, fragment="deals/_line_price.html", formed=formed)


def _quantity(form: LineForm) -> Decimal:
    return form.quantity.data or Decimal(1)


def _why(form: LineForm, deal: Deal, line: DealLine | None, formed: pricing.Formed | None) -> str:
    """How the price of the list comes about, for the hint under it; `formed` where it is known already."""
    product = _product(form.product_id.data) or _kept(line, form)
    if line is not None and line.formed and line.product_id == (product.id if product else None) and line.quantity == _quantity(form):
        return pricing.reason(line.formed, deal.currency, line.unit)
    formed = formed or prices.form_for(deal, product, _quantity(form))
    return pricing.reason(formed.kept(), deal.currency, form.unit.data or "") if formed else ""


@blueprint.route("/<int:line_id>", methods=["GET", "POST"])
@access.need("deals.edit")
def edit(deal_id: int, line_id: int) -> ResponseReturnValue:
    """Change a line; when somebody changed it meanwhile both versions are shown."""
    deal = the_deal(deal_id, "edit")
    line = line_of(deal, line_id)
    form = LineForm(money_in=deal.currency, shows_cost=catalog.shows_cost(actor()), suffix=str(line_id),
                    data=shown_line(line, fingerprint(line, actor())))
    if not _fine(form, deal, line):
        return _form(form, deal, line)
    try:
        operations.change_line(deal, line, _wanted(form, deal, line), actor=actor(), seen=form.seen.data or "")
    except Stale as stale:
        db.session.rollback()
        form.seen.data, form.seen.raw_data = fingerprint(line, actor()), None
        return _form(form, deal, line, stale=stale.message, status=409)
    return changed(deal, "lines")


@blueprint.post("/vat")
@access.need("deals.edit")
def taxes(deal_id: int) -> ResponseReturnValue:
    """Every line at the usual rate of the deal's company of ours."""
    deal = the_deal(deal_id, "edit")
    operations.set_vat(deal, prices.usual_vat(deal), actor=actor())
    return changed(deal, "lines")


@blueprint.post("/<int:line_id>/choose")
@access.need("deals.edit")
def choose(deal_id: int, line_id: int) -> ResponseReturnValue:
    """An optional line into the total or out of it; of alternatives the one that counts."""
    deal = the_deal(deal_id, "edit")
    operations.toggle(deal, line_of(deal, line_id), actor=actor())
    return changed(deal, "lines")


@blueprint.post("/<int:line_id>/remove")
@access.need("deals.edit")
def remove(deal_id: int, line_id: int) -> ResponseReturnValue:
    """Take a line out; the toast puts it in again."""
    deal = the_deal(deal_id, "edit")
    line = line_of(deal, line_id)
    back = url_for("lines.put_back", deal_id=deal.id, **_undo(line))
    name = line.name
    operations.remove_line(deal, line, actor=actor())
    toast(_("%(name)s is removed.", name=name), undo=back)
    return changed(deal, "lines")


def _undo(line: DealLine) -> dict[str, Any]:
    """A line in an address, so that it can be put in again; its cost is sealed, for not everybody may know it."""
    return {"name": line.name, "unit": line.unit or None, "quantity": str(line.quantity), "price": line.price,
            "discount": str(line.discount), "vat": vat.to_code(line.vat_rate) or None,
            "product": line.product_id, "once": once_key(line), "choice": line.choice, "chosen": int(line.chosen),
            "cost": seal("" if line.cost is None else str(line.cost), f"cost of {once_key(line)}"),
            "formed": seal(json.dumps([_allowed_as(line), line.formed, line.parts]), f"price of {once_key(line)}")}


def _allowed_as(line: DealLine) -> list[Any]:
    """What an allowed price was allowed for."""
    return [line.product_id, str(line.quantity), line.price, str(line.discount)]


def once_key(line: DealLine) -> str:
    """One removal is undone once."""
    return f"line-{line.id}-back"


@blueprint.post("/back")
@access.need("deals.edit")
def put_back(deal_id: int) -> ResponseReturnValue:
    """Undo of a removal: the line as it was, at the end."""
    deal, args = the_deal(deal_id, "edit"), request.args
    try:
        numbers = Decimal(args["quantity"]), int(args["price"]), Decimal(args["discount"])
        rate = vat.to_rate(args.get("vat", ""))
    except (ArithmeticError, ValueError):
        abort(400)
    key = args.get("once")
    if once.already(key and f"{deal.id}-{key}") is None:  # of this deal: nobody uses up the undo of another's
        product = _product(args.get("product", type=int))
        formed, parts = _sealed_price([product.id if product else None, str(numbers[0]), numbers[1], str(numbers[2])])
        operations.add_line(deal, operations.LineInput(
            name=args.get("name", ""), unit=args.get("unit", ""), quantity=numbers[0], price=numbers[1],
            discount=numbers[2], vat_rate=rate, cost=_sealed_cost(), product=product, formed=formed, parts=parts,
            choice=_put_back_choice(), chosen=args.get("chosen") != "0"), actor=actor())
    return changed(deal, "lines")


def _put_back_choice() -> str | None:
    choice = request.args.get("choice")
    return None if choice is None else choice[:60]


def _sealed_price(back: list[Any]) -> tuple[dict[str, Any] | None, list[dict[str, Any]] | None]:
    """How the price of the line that is put back came about, and what the set held; nothing when it comes back as another one."""
    told = json.loads(unseal(request.args.get("formed", ""), f"price of {request.args.get('once', '')}") or "[[]]")
    return (told[1], told[2]) if told[0] == back else (None, None)


def _sealed_cost() -> int | None:
    """The cost of the line that is put back; none when the address was tampered with."""
    cost = unseal(request.args.get("cost", ""), f"cost of {request.args.get('once', '')}")
    return int(cost) if cost else None


def _wanted(form: LineForm, deal: Deal, line: DealLine | None) -> operations.LineInput:
    """The typed line; where no price is typed it is left to the price list. `line` is the one that is changed."""
    product = _meant(form, line)
    by_list = form.price_kept and product is not None and product.currency == deal.currency
    return operations.LineInput(
        name=form.product_id_text.data or "", product=product, unit=form.unit.data or "",
        quantity=_quantity(form), price=None if by_list else form.price.data or 0, cost=_cost(form, product, line, deal),
        discount=form.discount.data or Decimal(0), vat_rate=vat.to_rate(form.vat_rate.data or ""), **form.choice())


def _meant(form: LineForm, line: DealLine | None) -> Product | None:
    """The product that was chosen, or whose name was typed; None for a name of one's own."""
    name = form.product_id_text.data or ""
    return _product(form.product_id.data) or (catalog.by_name(name) if _sees_products() else None) or _kept(line, form)


def _product(product_id: int | None) -> Product | None:
    """The product, for those who may see it."""
    return catalog.product(product_id) if _sees_products() else None


def _sees_products() -> bool:
    return access.can("products.see") and modules.on("products")


def _kept(line: DealLine | None, form: LineForm) -> Product | None:
    """The product that the line has already, which a person without the price list does not take off by changing the quantity."""
    return line.product if line is not None and form.product_id.data == line.product_id else None


def _cost(form: LineForm, product: Product | None, line: DealLine | None, deal: Deal) -> int | None:
    """The typed cost. A line that keeps its product keeps its cost for who does not see it; a product that is put in brings its own."""
    stays = line is not None and line.product_id == (product.id if product else None)
    if form.cost is not None and (stays or form.cost.data is not None):
        return form.cost.data
    if line is not None and stays:
        return line.cost
    return product.cost if product is not None and product.currency == deal.currency else None


def _form(form: LineForm, deal: Deal, line: DealLine | None, *, stale: str = "",
          status: int | None = None, fragment: str = "deals/_line_form.html", formed: pricing.Formed | None = None) -> ResponseReturnValue:
    code = status or (422 if form.errors else 200)
    return render("deals/line.html", fragment, form=form, deal=deal, line=line, stale=stale, alone=not on_the_page(deal),
                  why=_why(form, deal, line, formed), units=units.proposed(), status=code,
                  groups=catalog.groups() if _sees_products() else ())
