"""Price lists: which there are, who gets them, and the prices of each on one page."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.catalog import access as load
from crm.catalog import operations, queries
from crm.catalog.forms.lists import KINDS, NewPriceForm, PriceListForm, prices_form
from crm.catalog.models import PriceList
from crm.catalog.queries import lists
from crm.core import access, dates, once
from crm.core.listing import wish
from crm.core.web import go, render, toast

blueprint = Blueprint("price_lists", __name__, url_prefix="/products/lists")


@blueprint.get("")
@access.need("products.see")
def index() -> ResponseReturnValue:
    """The price lists and who gets each."""
    return render("price_lists/index.html", lists=queries.price_lists(), kinds=KINDS)


@blueprint.route("/new", methods=["GET", "POST"])
@access.need("products.edit")
def new() -> ResponseReturnValue:
    """A further list."""
    form = PriceListForm()
    if not form.validate_on_submit():
        return render("price_lists/edit.html", form=form, chosen=None, status=422 if form.errors else 200)
    try:
        made = operations.create_list(name=form.name.data or "", kinds=form.kinds.data or [], chosen_by=form.chosen_by.data,
                                      actor=current_user)
    except operations.ProductError as refusal:
        form.refuse(refusal)
        return render("price_lists/edit.html", form=form, chosen=None, status=422)
    toast(_("%(name)s is added. Add prices to it.", name=made.name))
    return go("price_lists.show", list_id=made.id)


@blueprint.route("/<int:list_id>/edit", methods=["GET", "POST"])
@access.need("products.edit")
def edit(list_id: int) -> ResponseReturnValue:
    """Its name, who gets it, who may choose it."""
    chosen = load.price_list(list_id)
    form = PriceListForm(obj=chosen)
    if not form.validate_on_submit():
        return render("price_lists/edit.html", form=form, chosen=chosen, status=422 if form.errors else 200)
    try:
        operations.update_list(chosen, name=form.name.data or "", kinds=form.kinds.data or [], chosen_by=form.chosen_by.data,
                               version=int(form.version.data or 0), actor=current_user)
    except operations.ProductError as refusal:
        form.refuse(refusal)
        return render("price_lists/edit.html", form=form, chosen=chosen, status=422)
    toast(_("%(name)s is saved.", name=chosen.name))
    return go("price_lists.show", list_id=chosen.id)


@blueprint.get("/<int:list_id>")
@access.need("products.see")
def show(list_id: int) -> ResponseReturnValue:
    """The prices of a list, to be changed in place by who may."""
    return _page(load.price_list(list_id))


def _page(chosen: PriceList, status: int = 200, **forms: Any) -> ResponseReturnValue:
    page = queries.list_prices(chosen, wish(*lists.FILTERS))
    form = forms.get("form") or prices_form(page.rows)
    new = forms.get("new_form") or NewPriceForm(formdata=None)
    return render("price_lists/show.html", "price_lists/_prices.html" if status == 200 else None, chosen=chosen, page=page, form=form,
                  new_form=new, status=status)


@blueprint.post("/<int:list_id>")
@access.need("products.edit")
def save(list_id: int) -> ResponseReturnValue:
    """Keep the prices of the page."""
    chosen = load.price_list(list_id)
    rows = queries.list_prices(chosen, wish(*lists.FILTERS)).rows
    form = prices_form(rows)
    if not form.validate():
        return _page(chosen, 422, form=form)
    operations.set_prices(chosen, form.prices(rows), actor=current_user)
    toast(_("The prices are saved."))
    return go("price_lists.show", list_id=chosen.id, **request.args)


@blueprint.post("/<int:list_id>/prices")
@access.need("products.edit")
def add(list_id: int) -> ResponseReturnValue:
    """A further price; one of the same product, quantity and day is overwritten."""
    chosen = load.price_list(list_id)
    product = queries.product(request.form.get("product_id", type=int))
    form = NewPriceForm(money_in=product.currency if product else "RUB")
    if not form.validate() or product is None:
        return _page(chosen, 422, new_form=form)
    if once.already(form.once.data) is None:
        operations.add_price(chosen, product, price=form.price.data, from_quantity=form.from_quantity.data or Decimal(1),
                             since=form.since.data or dates.today(), actor=current_user)
        once.keep(form.once.data, request.path)
    return go("price_lists.show", list_id=chosen.id)


@blueprint.post("/<int:list_id>/archive")
@access.need("products.edit")
def archive(list_id: int) -> ResponseReturnValue:
    """Out of use, or back with `back`."""
    chosen, back = load.price_list(list_id), request.args.get("back") == "1"
    operations.archive_list(chosen, archived=not back, actor=current_user)
    toast(_("%(name)s is in use again.", name=chosen.name) if back else _("%(name)s is archived.", name=chosen.name))
    return go("price_lists.index")
