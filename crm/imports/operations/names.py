"""People, companies and products that a file names: found by name among what the sender may see, made when they are new."""

import re

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts import operations as accounts
from crm.accounts.models import User
from crm.catalog.models import Product
from crm.clients.models import Company
from crm.core.db import db
from crm.core.text import fold, search_text, sort_key
from crm.deals.models import Deal
from crm.imports.operations.sender import Sender
from crm.imports.report import Refused, Report


def product_key(name: str) -> str:
    """'GTXPro' and 'GTX Pro' are one product: letters and digits only."""
    return re.sub(r"\W", "", fold(name))


class Names:
    """Looks names up once per file. Managers who are new cannot sign in until invited.

    Refused where the file names what is not there and the sender may not make it.
    """

    def __init__(self, sender: Sender, currency: str, report: Report) -> None:
        self.sender, self.currency, self.report = sender, currency, report
        self.users = {fold(user.name): user.id for user in db.session.scalars(sa.select(User).order_by(User.id.desc()))}
        companies = sa.select(Company.id, Company.name).where(Company.deleted_at.is_(None)).order_by(Company.id.desc())
        self.companies = {fold(name): company_id for company_id, name in db.session.execute(
            sender.narrowed(companies, Company.manager_id, "clients.see"))}
        self.products = {product_key(name): product_id for product_id, name in db.session.execute(
            sa.select(Product.id, Product.name).order_by(Product.id.desc()))}

    def manager(self, name: str, right: str) -> int | None:
        """Who leads a new record for which the file names this person: the sender where it may not be given to them."""
        if not name:
            return None if self.sender.covers(right, None) else self.sender.id
        user_id = self._user(name, may_make=self.sender.may("deals.assign") or self.sender.covers(right, None))
        if user_id is not None and self.sender.may_give(user_id, right):
            return user_id
        self.report.notes[_("Led by you and not by whom the file names: your role may not give records to them. Ask the owner to hand them "
                            "over.")] += 1
        return self.sender.id

    def next_manager(self, name: str, deal: Deal) -> int | None:
        """Who leads a deal that is here already and for which the file names this person: who leads it now where it may not be given."""
        if not name:
            return None if self.sender.covers("deals.edit", None) else deal.manager_id
        assigns = self.sender.covers("deals.assign", deal.manager_id)
        user_id = self._user(name, may_make=assigns or self.sender.covers("deals.edit", None))
        if user_id is not None and (user_id == deal.manager_id or assigns or self.sender.covers("deals.edit", user_id)):
            return user_id
        self.report.notes[_("The manager stays who it was: your role may not give these deals to whom the file names. Ask the owner to "
                            "hand them over.")] += 1
        return deal.manager_id

    def _user(self, name: str, *, may_make: bool) -> int | None:
        """Our person of this name; None when there is none and the sender could not give them anything."""
        key = fold(name)
        if key not in self.users and may_make:
            if not self.sender.may("users.edit"):
                raise Refused(_("There is nobody called %(name)s among your people. Ask the owner to add them, or write another manager.",
                                name=name[:200]))
            self.users[key] = accounts.create_user(name=name[:200], email=None, role="manager", actor=self.sender.actor).id
        return self.users.get(key)

    def require(self, *, company: str, product: str) -> None:
        """Refused when one of them is not here and may not be made: asked before anything is made for the row."""
        if company and fold(company) not in self.companies and not self.sender.may("clients.edit"):
            raise Refused(_("You have no client called %(name)s, and your role may not add clients. Ask the owner to add it, or leave the "
                            "client out.", name=company[:300]))
        unknown = product and self.sender.may("products.see") and product_key(product) not in self.products
        if unknown and not self.sender.may("products.edit"):
            raise Refused(_("There is no product called %(name)s. Ask the owner to add it to the products, or write another one.",
                            name=product[:300]))

    def company(self, name: str, manager_id: int | None) -> int | None:
        """The id of the company of this name; a new one led by the manager, or else by the sender, when there is none."""
        if not name:
            return None
        key = fold(name)
        if key not in self.companies:
            leads = manager_id if self.sender.may_give(manager_id, "clients.edit") else self.sender.id
            company = Company(name=name[:300], manager_id=leads, search_text=search_text(name), sort_key=sort_key(name))
            db.session.add(company)
            db.session.flush()
            self.companies[key] = company.id
        return self.companies[key]

    def product(self, name: str, price: int) -> int | None:
        """The id of the product of this name, spaces or not; a new one when there is none; nothing for who may not see products."""
        if not name:
            return None
        if not self.sender.may("products.see"):
            self.report.notes[_("Taken without the product: the list of products is closed to your role.")] += 1
            return None
        key = product_key(name)
        if key not in self.products:
            product = Product(name=name[:300], price=price, currency=self.currency, search_text=search_text(name),
                              sort_key=sort_key(name))
            db.session.add(product)
            db.session.flush()
            self.products[key] = product.id
        return self.products[key]
