"""Somebody with a second step, whose phone shows the right time whatever the program's clock says."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pyotp

from crm.accounts import second
from crm.accounts.models import SecondStep, User
from crm.core.db import db, utcnow
from faults.browser import Browser
from faults.company import Company
from faults.people import PASSWORD
from faults.program import Program

Says = Callable[[bool, str], None]


@dataclass
class Phone:
    """The key, the recovery codes on paper, and the codes that have opened already."""

    email: str
    key: str
    paper: list[str]
    used: list[str] = field(default_factory=list)

    @classmethod
    def turned_on(cls, made: Company, email: str) -> "Phone":
        """Turn the second step on for this person."""
        with made.app.app_context():
            user = db.session.query(User).filter_by(email=email).one()
            key = second.key_of(user.id, second.start(user))
            salt, cheap = db.session.get_one(SecondStep, user.id).salt, made.app.config["CHEAP_PASSWORDS"]
            made.app.config["CHEAP_PASSWORDS"] = False  # the program reckons their hashes as it always does
            paper, hashes = second.new_codes(salt)
            made.app.config["CHEAP_PASSWORDS"] = cheap
            second.turn_on(user, hashes)
            db.session.commit()
        return cls(email, key, paper)

    def shows(self, off: dt.timedelta = dt.timedelta(), steps: int = 0) -> str:
        """The code of now, or what it showed and will show at another time."""
        return pyotp.TOTP(self.key).at(utcnow() + off + dt.timedelta(seconds=30 * steps))

    def opens(self, program: Program, code: str) -> bool:
        """Whether password and code let a fresh browser in."""
        browser = Browser(program.port)
        form = browser.form("/login", "email", "password")
        answer = browser.ask("POST", form.action, {**form.fields, "email": self.email, "password": PASSWORD})
        if answer.location != "/login/code":
            raise LookupError(f"the right password of {self.email} is answered {answer.status} {answer.location}")
        form = browser.form("/login/code", "code")
        opened = browser.ask("POST", form.action, {**form.fields, "code": code}).status == 303
        browser.close()
        return opened

    def first(self, program: Program, says: Says) -> None:
        """While the clock is right: a code opens, and never again."""
        code = self.shows(steps=-1)
        says(self.opens(program, code), "a right code is refused")
        self.used.append(code)
        says(not self.opens(program, code), "a code opens twice")

    def after(self, program: Program, off: dt.timedelta, says: Says) -> None:
        """No code that was used opens again, nor one that the program's clock brings back; paper always helps."""
        for code in self.used:
            says(not self.opens(program, code), "a code that was used opens again")
        if off < dt.timedelta():
            says(not self.opens(program, self.shows(off)), "a code that a stranger saw long ago opens now")
        if off:
            says(self.opens(program, self.paper.pop()), "a recovery code is refused")
            return
        code = self.shows(steps=1)
        says(self.opens(program, code), "a right code is refused")
        self.used.append(code)
