"""People, companies and products that a file names: found by name, made when they are new."""

import re

import sqlalchemy as sa

from crm.accounts import operations as accounts
from crm.accounts.models import User
from crm.catalog.models import Product
from crm.clients.models import Company
from crm.core.db import db
from crm.core.text import fold, search_text, sort_key


def product_key(name: str) -> str:
    """'GTXPro' and 'GTX Pro' are one product: letters and digits only."""
    return re.sub(r"\W", "", fold(name))


class Names:
    """Looks names up once per file. Managers who are new cannot sign in until invited."""

    def __init__(self, actor: User | None, currency: str) -> None:
        self.actor, self.currency = actor, currency
        self.users = {fold(user.name): user.id for user in db.session.scalars(sa.select(User).order_by(User.id.desc()))}
        self.companies = {fold(name): company_id for company_id, name in db.session.execute(
            sa.select(Company.id, Company.name).where(Company.deleted_at.is_(None)).order_by(Company.id.desc()))}
        self.products = {product_key(name): product_id for product_id, name in db.session.execute(
            sa.select(Product.id, Product.name).order_by(Product.id.desc()))}

    def user(self, name: str) -> int | None:
        """The id of our person of this name; a new manager when there is none."""
        if not name:
            return None
        key = fold(name)
        if key not in self.users:
            self.users[key] = accounts.create_user(name=name[:200], email=None, role="manager", actor=self.actor).id
        return self.users[key]

    def company(self, name: str, manager_id: int | None) -> int | None:
        """The id of the company of this name; a new one led by the manager when there is none."""
        if not name:
            return None
        key = fold(name)
        if key not in self.companies:
            company = Company(name=name[:300], manager_id=manager_id, search_text=search_text(name),
                              sort_key=sort_key(name))
            db.session.add(company)
            db.session.flush()
            self.companies[key] = company.id
        return self.companies[key]

    def product(self, name: str, price: int) -> int | None:
        """The id of the product of this name, spaces or not; a new one when there is none."""
        if not name:
            return None
        key = product_key(name)
        if key not in self.products:
            product = Product(name=name[:300], price=price, currency=self.currency, search_text=search_text(name),
                              sort_key=sort_key(name))
            db.session.add(product)
            db.session.flush()
            self.products[key] = product.id
        return self.products[key]
