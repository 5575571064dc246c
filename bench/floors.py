"""Two floors on the same server: a bare hello, and a bare page with login, 50 ORM rows, Jinja and gzip."""

import gzip
import os

import sqlalchemy as sa
from flask import Flask, Response, render_template, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy.orm import joinedload

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Floor</title><h1>People</h1><p>{{ who }}</p>
<table><thead><tr><th>Name<th>Company<th>Phone<th>E-mail<th>Job</tr></thead><tbody>
{% for row in rows %}<tr id="row-{{ row.id }}"><td><a href="/people/{{ row.id }}">{{ row.name }}</a></td>
<td><a href="/companies/{{ row.company_id }}">{{ row.company.name }}</a></td><td><a href="tel:{{ row.phone }}">{{ row.phone }}</a></td>
<td><a href="mailto:{{ row.email }}">{{ row.email }}</a></td><td>{{ row.job }}</td></tr>
{% endfor %}</tbody></table></html>"""
ROWS, FIRMS = 10_000, 400

app = Flask(__name__)
app.config.update(SECRET_KEY="floor", SQLALCHEMY_DATABASE_URI=os.environ["FLOOR_DB"])
app.jinja_loader = DictLoader({"page.html": PAGE})
db = SQLAlchemy(app)
login = LoginManager(app)


class Firm(db.Model):  # type: ignore[name-defined]
    """A company."""

    __tablename__ = "floor_firm"  # on PostgreSQL the floor may stand in the database of the program, which has firms of its own
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(100))


class Person(db.Model, UserMixin):  # type: ignore[name-defined]
    """A row with what a list shows."""

    __tablename__ = "floor_person"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(100), index=True)
    phone = sa.Column(sa.String(20))
    email = sa.Column(sa.String(100))
    job = sa.Column(sa.String(100))
    company_id = sa.Column(sa.Integer, sa.ForeignKey(Firm.id))
    company = db.relationship(Firm)


@login.user_loader
def load(person_id: str) -> Person | None:
    """As every page behind a login does."""
    return db.session.get(Person, int(person_id))


@app.get("/hello")
def hello() -> str:
    """The least that Flask can do."""
    return "hello"


@app.get("/enter")
def enter() -> str:
    """A session without a form."""
    login_user(db.session.get(Person, 1))
    session["on"] = True
    return "in"


@app.get("/page")
def page() -> Response:
    """Fifty rows with their companies, as plain as a framework page can be."""
    rows = db.session.scalars(
        sa.select(Person).options(joinedload(Person.company)).order_by(Person.name, Person.id).limit(50)).all()
    html = render_template("page.html", rows=rows, who=current_user.name).encode()
    return Response(gzip.compress(html, 5), headers={"Content-Encoding": "gzip"}, mimetype="text/html")


with app.app_context():
    db.create_all()
    if db.session.get(Person, 1) is None:
        db.session.add_all([Firm(id=i, name=f"Company {i}") for i in range(1, FIRMS + 1)])
        db.session.flush()
        db.session.add_all([Person(name=f"Surname{i % 97:03} Given{i}", phone=f"+7901{i:07}", job="Buyer",
                                   email=f"person{i}@example.com", company_id=i % FIRMS + 1) for i in range(ROWS)])
        db.session.commit()
