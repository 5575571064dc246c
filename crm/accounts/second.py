"""The second step at sign-in: codes from a telephone (TOTP, RFC 6238) and recovery codes for a lost one. For passkeys see passkeys.py."""

import datetime as dt
import hashlib
import io
import secrets
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.accounts import events, operations, passwords, queries
from crm.accounts.models import Passkey, RecoveryCode, SecondStep, User
from crm.core import journal
from crm.core.db import CLOCKS_DIFFER, db, own_transaction, utcnow
from crm.core.errors import NotAllowed
from crm.core.events import Kind, record
from crm.core.sealed import seal, unseal

STEP = 30  # seconds
SEALED_FOR = "second step"
TRIES_A_DAY = 60  # of a million codes three are right at a time
CODES, LETTERS = 10, "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
NEEDED_BY = {"nobody": _l("Nobody"), "heads": _l("Owner and heads"), "everybody": _l("Everybody")}


def step_of(user_id: int) -> SecondStep | None:
    """The person's codes from a telephone when they are turned on."""
    found = db.session.get(SecondStep, user_id)
    return found if found is not None and found.since is not None else None


def has(user_id: int) -> bool:
    """Whether the person has a second step: codes from a telephone or a passkey."""
    return step_of(user_id) is not None or has_passkey(user_id)


def has_passkey(user_id: int) -> bool:
    """Whether the person has a passkey."""
    return db.session.scalar(sa.select(Passkey.id).where(Passkey.user_id == user_id).limit(1)) is not None


def must_have(user: User) -> bool:
    """Whether the company's rule asks this person for a second step."""
    company = queries.organization()
    rule = company.second_for if company else "nobody"
    return rule == "everybody" or (rule == "heads" and (user.role in ("owner", "head") or (
        user.role_row is not None and user.role_row.base == "head")))


def needed(user: User) -> bool:
    """Whether a password, an invitation or a link alone does not let this person in."""
    return has(user.id) or must_have(user)


def start(user: User) -> str:
    """A fresh key that waits for its first right code, and its mark for the browser that asked: no other one is shown the key,
    so that who knows only the password cannot learn the key that the person is about to use. One in use stays.
    """
    import pyotp  # slow libraries are imported when a second step is used

    found = db.session.get(SecondStep, user.id)
    if found is None:
        found = SecondStep(user_id=user.id, sealed="", salt=secrets.token_hex(16))
        db.session.add(found)
    if found.since is None:
        found.sealed = seal(pyotp.random_base32(), SEALED_FOR)
    db.session.flush()
    return _mark(found)


def waits(user_id: int, mark: str) -> SecondStep | None:
    """The key that waits for its first code, for the browser with its mark."""
    found = db.session.get(SecondStep, user_id)
    return found if found is not None and found.since is None and secrets.compare_digest(_mark(found), mark) else None


def _mark(step: SecondStep) -> str:
    return hashlib.sha256(step.sealed.encode()).hexdigest()[:32]


def key_of(user_id: int, mark: str) -> str:
    """The key in letters, while it waits for its first code; LookupError when none waits or SECRET_KEY has changed."""
    found = waits(user_id, mark)
    key = unseal(found.sealed, SEALED_FOR) if found is not None else None
    if key is None:
        raise LookupError(user_id)
    return key


def picture(user: User, key: str) -> str:
    """The QR code that an app on a telephone reads, as SVG without styles."""
    import pyotp  # slow libraries are imported when a second step is used
    import segno

    out = io.BytesIO()
    company = queries.organization()
    address = pyotp.TOTP(key).provisioning_uri(name=user.email or user.name, issuer_name=company.name if company else "Voronka")
    segno.make(address, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, light="#fff",
                                                     svgclass=None, lineclass=None, title="QR")
    return out.getvalue().decode()


def take_try(user_id: int, address: str) -> bool:
    """Count a try before its code is looked at; False when there are none left. Only who has the right password comes here, so
    a stranger cannot spend a person's tries. A transaction of its own.
    """
    if not operations.take_try(f"code {user_id}", address):
        return False
    now = utcnow()
    fresh = SecondStep.tries_since.between(now - dt.timedelta(days=1), now + CLOCKS_DIFFER)
    with own_transaction() as connection:
        count = connection.execute(sa.update(SecondStep).where(SecondStep.user_id == user_id).values(
            tries=sa.case((fresh, SecondStep.tries + 1), else_=1),
            tries_since=sa.case((fresh, SecondStep.tries_since), else_=now)).returning(SecondStep.tries)).scalar()
    return count is not None and count <= TRIES_A_DAY


def forget_tries(user_id: int, address: str) -> None:
    """A right code clears the person's misses."""
    operations.forget_misses(f"code {user_id}", address)
    db.session.execute(sa.update(SecondStep).where(SecondStep.user_id == user_id).values(tries=0))


def readable(user_id: int) -> bool:
    """Whether codes of the phone can be checked: after a restore without the old SECRET_KEY they cannot."""
    found = db.session.get(SecondStep, user_id)
    return found is None or unseal(found.sealed, SEALED_FOR) is not None


def accept(user_id: int, code: str) -> bool:
    """Whether the code is right now, give or take half a minute, and was not used before; then it never opens again."""
    import pyotp  # slow libraries are imported when a second step is used

    found = db.session.get(SecondStep, user_id)
    key = unseal(found.sealed, SEALED_FOR) if found is not None else None
    typed = "".join(code.split())
    if key is None or len(typed) != 6 or not typed.isascii() or not typed.isdecimal():
        return False
    now = int(utcnow().timestamp()) // STEP
    totp = pyotp.TOTP(key)
    right = [step for step in (now - 1, now, now + 1) if secrets.compare_digest(totp.generate_otp(step), typed)]
    if not right:
        return False
    taken: Any = db.session.execute(sa.update(SecondStep).where(  # two requests with one code: the second finds it used
        SecondStep.user_id == user_id, SecondStep.last_step < right[0]).values(last_step=right[0]))
    return bool(taken.rowcount == 1)


def new_codes(salt: str) -> tuple[list[str], list[str]]:
    """Ten recovery codes and their hashes. Slow: call it outside of the write lock."""
    codes = ["".join(secrets.choice(LETTERS) for _place in range(10)) for _code in range(CODES)]
    return [f"{code[:5]}-{code[5:]}" for code in codes], [passwords.code_hash(code, salt) for code in codes]


def hash_of(code: str, salt: str) -> str | None:
    """The hash of what was typed as a recovery code, None for what cannot be one. Slow: outside of the write lock."""
    typed = "".join(char for char in code.lower() if char.isalnum())
    return passwords.code_hash(typed, salt) if len(typed) == 10 else None


def use_recovery(user_id: int, code_hash: str) -> bool:
    """Whether the person has this recovery code; it is gone then."""
    gone: Any = db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash))
    return bool(gone.rowcount == 1)


def codes_left(user_id: int) -> int:
    """How many recovery codes the person has not used."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)) or 0


def salt_of(user_id: int) -> str | None:
    """The salt of the person's recovery codes; None while there is no second step to have them for."""
    found = db.session.get(SecondStep, user_id)
    return found.salt if found is not None and has(user_id) else None


def record_way(kind: Kind, user: User, *, actor_id: int | None, **data: Any) -> None:
    """A fact about how this person comes in, with the address that the request came from."""
    address = journal.here()
    record(kind, user, actor_id=actor_id, **data, **({journal.CAME_FROM: address} if address else {}))


def turn_on(user: User, hashes: list[str]) -> None:
    """The first right code was typed: from now on the second step is asked for."""
    found = db.session.get_one(SecondStep, user.id)
    found.since = utcnow()
    keep_codes(user.id, hashes)
    record_way(events.SECOND_ON, user, actor_id=user.id, name=user.name)


def renew_codes(user: User, hashes: list[str]) -> None:
    """New recovery codes in place of the old ones."""
    keep_codes(user.id, hashes)
    record_way(events.SECOND_CODES, user, actor_id=user.id, name=user.name)


def turn_off(user: User, *, actor: User | None) -> None:
    """No second step any more, passkeys included: by the person, by an owner for a lost telephone, or (None) from the command line."""
    if actor is not None and actor.id != user.id and actor.role != "owner":
        raise NotAllowed(_("Only an owner takes the second step off somebody. Ask them."))
    if db.session.get(SecondStep, user.id) is None:
        return
    db.session.execute(sa.delete(Passkey).where(Passkey.user_id == user.id))
    clear(user.id)
    record_way(events.SECOND_OFF, user, actor_id=actor.id if actor else None, name=user.name)


def turn_codes_off(user: User) -> None:
    """No codes from a telephone any more, by the person; passkeys stay, and with them the recovery codes."""
    if not has_passkey(user.id):
        turn_off(user, actor=user)
        return
    found = db.session.get_one(SecondStep, user.id)
    found.sealed, found.since = "", None
    record_way(events.CODES_OFF, user, actor_id=user.id, name=user.name)


def clear(user_id: int) -> None:
    """Neither codes nor recovery codes are left."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    if (found := db.session.get(SecondStep, user_id)) is not None:
        db.session.delete(found)


def keep_codes(user_id: int, hashes: list[str]) -> None:
    """These recovery codes and no others."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.add_all([RecoveryCode(user_id=user_id, code_hash=one) for one in hashes])
