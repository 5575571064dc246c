"""Two floors on the same server: a bare hello, and a bare page with login, 50 ORM rows, Jinja and gzip."""

import gzip
import os

import sqlalchemy as sa
from flask import Flask, Response, render_template_string, session
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_sqlalchemy import SQLAlchemy

PAGE = """<!doctype html><title>Floor</title><table>{% for row in rows %}<tr><td>{{ row.name }}</td>
<td>{{ row.company }}</td><td>{{ row.phone }}</td><td>{{ row.email }}</td></tr>{% endfor %}</table>{{ who }}"""

app = Flask(__name__)
app.config.update(SECRET_KEY="floor", SQLALCHEMY_DATABASE_URI=f"sqlite:///{os.environ['FLOOR_DB']}")
db = SQLAlchemy(app)
login = LoginManager(app)


class Person(db.Model, UserMixin):  # type: ignore[name-defined]
    """A row with what a list shows."""

    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(100))
    company = sa.Column(sa.String(100))
    phone = sa.Column(sa.String(20))
    email = sa.Column(sa.String(100))


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
    """Fifty rows, as plain as a framework page can be."""
    rows = db.session.scalars(sa.select(Person).order_by(Person.name).limit(50)).all()
    html = render_template_string(PAGE, rows=rows, who=current_user.name).encode()
    return Response(gzip.compress(html, 5), headers={"Content-Encoding": "gzip"}, mimetype="text/html")


with app.app_context():
    db.create_all()
    if db.session.get(Person, 1) is None:
        db.session.add_all([Person(name=f"Person {i % 97:03} {i}", company=f"Company {i % 400}", phone=f"+7901{i:07}",
                                   email=f"person{i}@example.com") for i in range(10_000)])
        db.session.commit()
