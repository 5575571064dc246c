"""The language of what is written outside of a request."""

import sqlalchemy as sa
from flask import current_app, g

from crm.core.db import db


def speak_for_company() -> None:
    """Jobs and commands say things in the company's language and zone; in those of the settings while there is no company, or when the
    tables are older than the program.
    """
    try:
        company = db.session.execute(sa.text("SELECT timezone, locale FROM organization ORDER BY id LIMIT 1")).first()
    except sa.exc.SQLAlchemyError:
        company = None
    db.session.rollback()
    g.timezone, g.default_locale = company or (current_app.config["TIMEZONE"], current_app.config["LOCALE"])
