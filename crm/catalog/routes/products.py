"""Products: the list, new, edit, archive, and the picker for lines of deals."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts.queries import the_organization
from crm.catalog import access as load
from crm.catalog import exports, operations, queries, units, vat
from crm.catalog.forms.products import PartForm, ProductForm
from crm.catalog.models import Product
from crm.core import access, modules, nav, once
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.listing import wish
from crm.core.web import go, go_url, render, toast
from crm.guard.exports import send

blueprint = Blueprint("products", __name__, url_prefix="/products")


@blueprint.get("")
@access.need("products.see")
def index() -> ResponseReturnValue:
    """The list, searched as one types."""
    page = queries.products(wish(*queries.FILTERS), current_user)
    return render("products/index.html", "products/_list.html", page=page, groups=queries.groups())


@blueprint.get("/export.csv", defaults={"ending": "csv"})
@blueprint.get("/export.xlsx", defaults={"ending": "xlsx"})
@access.need("products.export")
def export(ending: str) -> ResponseReturnValue:
    """The filtered list as a file."""
    return send(exports.products(wish(*queries.FILTERS), current_user), ending)


@blueprint.get("/pick")
@access.need("products.see")
def pick() -> ResponseReturnValue:
    """Options of the picker on a deal's line."""
    return render("products/_pick.html", products=queries.pick(request.args.get("q", "")[:200], request.args.get("group", type=int)))


@blueprint.route("/new", methods=["GET", "POST"])
@access.need("products.edit")
def new() -> ResponseReturnValue:
    """Add a product; a double click adds one."""
    company = the_organization()
    form = ProductForm(shows_cost=queries.shows_cost(current_user), currency=company.currency, vat_rate=vat.to_code(company.vat_rate))
    if not form.validate_on_submit():
        return _edit(form, None, 422 if form.errors else 200)
    if (made := once.already(form.once.data)) is not None:
        return go_url(made)
    try:
        product = operations.create_product(actor=current_user, **_grouped(form))
    except operations.ProductError as refusal:
        form.refuse(refusal)
        return _edit(form, None, 422)
    once.keep(form.once.data, url_for("products.index"))
    toast(_("%(name)s is added.", name=product.name))
    return go("products.index")


@blueprint.route("/<int:product_id>", methods=["GET", "POST"])
@access.need("products.edit")
def edit(product_id: int) -> ResponseReturnValue:
    """Change a product; a stale form shows both versions."""
    product = load.product(product_id)
    form = _form_of(product)
    if not form.validate_on_submit():
        return _edit(form, product, 422 if form.errors else 200)
    try:
        operations.update_product(product, actor=current_user, version=int(form.version.data or 0),
                                  **_grouped(form))
    except Stale as stale:
        return _both(form, product, stale)
    except operations.ProductError as refusal:
        form.refuse(refusal)
        return _edit(form, product, 422)
    toast(_("%(name)s is saved.", name=product.name))
    return go("products.index")


def _shown(product: Product) -> dict[str, object]:
    return {"name": product.name, "sku": product.sku, "price": product.price, "cost": product.cost, "currency": product.currency,
            "unit": product.unit, "vat_rate": vat.to_code(product.vat_rate), "version": product.version,
            "group": product.group.title if product.group else ""}


def _both(form: ProductForm, product: Product, stale: Stale) -> ResponseReturnValue:
    """The form again with what was typed, and what is kept now beside it."""
    db.session.refresh(product)
    form.version.raw_data, form.version.data = None, str(product.version)
    return _edit(form, product, 409, now=_shown(product), stale=stale.message)


def _grouped(form: ProductForm) -> dict[str, Any]:
    """What was typed, with the group that it names, made when it is new."""
    typed = form.product()
    group = operations.group_named(typed.pop("group"))
    return {**typed, "group_id": group.id if group else None}


def _edit(form: ProductForm, product: Product | None, status: int = 200, **more: Any) -> ResponseReturnValue:
    """The page of one product, with what its fields and its set propose."""
    return render("products/edit.html", form=form, product=product, groups=queries.groups(), units=units.proposed(),
                  part_form=more.pop("part_form", None) or PartForm(formdata=None), status=status, **more)


@blueprint.post("/<int:product_id>/parts")
@access.need("products.edit")
def add_part(product_id: int) -> ResponseReturnValue:
    """A part of a set; one that is in already gets the new quantity."""
    product, form = load.product(product_id), PartForm()
    part = queries.product(form.part_id.data)
    if not form.validate() or part is None:
        return _edit(_form_of(product, formdata=None), product, 422, part_form=form)
    try:
        operations.add_part(product, part, quantity=form.quantity.data or Decimal(1), actor=current_user)
    except operations.ProductError as refusal:
        form.refuse(refusal)
        return _edit(_form_of(product, formdata=None), product, 422, part_form=form)
    return go("products.edit", product_id=product.id)


@blueprint.post("/<int:product_id>/parts/<int:part_id>/remove")
@access.need("products.edit")
def remove_part(product_id: int, part_id: int) -> ResponseReturnValue:
    """Take a part out of a set."""
    product = load.product(product_id)
    operations.remove_part(product, part_id, actor=current_user)
    return go("products.edit", product_id=product.id)


def _form_of(product: Product, **given: Any) -> ProductForm:
    """The form of a product; the cost of a set is reckoned, not typed."""
    return ProductForm(shows_cost=queries.shows_cost(current_user) and not product.parts, data=_shown(product), **given)


@blueprint.post("/<int:product_id>/archive")
@access.need("products.edit")
def archive(product_id: int) -> ResponseReturnValue:
    """Out of the choices; `back` puts it there again. Undone from the toast."""
    product = load.product(product_id)
    back = request.args.get("back") == "1"
    operations.archive_product(product, archived=not back, actor=current_user)
    toast(_("%(name)s can be chosen again.", name=product.name) if back
          else _("%(name)s is archived.", name=product.name),
          undo=url_for("products.archive", product_id=product_id, back=None if back else 1))
    return go("products.index", archived="1" if back else None)


modules.declare("products", _l("Products"), _l("A price list to fill deals and quotes from."), "products", "product_groups", "price_lists")
nav.add("products.index", "product", _l("Products"), "products.see", 60, module="products")
