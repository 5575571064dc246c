"""Passkeys (WebAuthn): where they work, what is asked of a device and whether its answer is right."""

import base64
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, request, session
from flask_babel import gettext as _

from crm.accounts import events, operations, queries, second
from crm.accounts.models import Passkey, SecondStep, User
from crm.accounts.operations import AccountError
from crm.core import journal
from crm.core.db import db, utcnow
from crm.core.errors import Stale

MINUTES = 5  # that a challenge lives
MOST = 20  # passkeys of one person
LONGEST_NAME, LONGEST_ID = 100, 1023
TRANSPORTS = ("usb", "nfc", "ble", "smart-card", "hybrid", "internal")
ENTER, SECOND, ADD = "enter", "second", "add"  # what a challenge is for; one for one thing proves nothing else


@dataclass(frozen=True)
class Place:
    """Where a passkey is made and works: the name of the host, and the whole origin that the browser signs."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class NewKey:
    """A passkey that a device has just made and that was found right."""

    credential_id: str
    public_key: str
    sign_count: int
    handle: str
    rp_id: str
    transports: list[str]


class RefusedError(Exception):
    """The device's answer proves nothing."""


def place() -> Place | None:
    """Where passkeys work here: at BASE_URL when that is https with a name, else at localhost; None elsewhere. No other name is ever
    taken from a request.
    """
    found = _place(current_app.config["BASE_URL"])
    if found is None:
        here = _place(request.host_url)
        return here if here is not None and here.rp_id == "localhost" else None
    return found


def _place(address: str) -> Place | None:
    parts = urlsplit(address)
    try:
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
        port = parts.port
    except ValueError:  # no name that a browser would go to
        return None
    if not host or _in_digits(host) or (parts.scheme != "https" and host != "localhost"):
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return Place(host, f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else ""))


def _in_digits(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def the_place() -> Place:
    """Where passkeys work here; AccountError where they do not."""
    found = place()
    if found is None:
        raise AccountError(_("Passkeys do not work at this address. Sign in with your password."))
    return found


def of(user_id: int) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    return db.session.scalars(sa.select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def ask_to_enter() -> str:
    """What a device is asked before we know who it is: any passkey made here, unlocked by its holder."""
    return _ask(ENTER, 0, [])


def ask_for_second(user_id: int) -> str:
    """What a device is asked after the right password: one of this person's passkeys."""
    return _ask(SECOND, user_id, of(user_id))


def _ask(what: str, user_id: int, known: Sequence[Passkey]) -> str:
    import webauthn  # slow libraries are imported when a passkey is used
    from webauthn.helpers.structs import UserVerificationRequirement

    challenge = _new_challenge(what, user_id)
    options = webauthn.generate_authentication_options(
        rp_id=the_place().rp_id, challenge=challenge, timeout=MINUTES * 60_000, allow_credentials=_named(known),
        user_verification=UserVerificationRequirement.REQUIRED)
    return str(webauthn.options_to_json(options))


def ask_for_new(user: User) -> str:
    """What a device is asked to make: a passkey that it finds by itself later, unlocked by its holder."""
    import webauthn  # slow libraries are imported when a passkey is used
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = of(user.id)
    if len(known) >= MOST:
        raise AccountError(_("You have %(n)d passkeys already. Remove one that you do not use.", n=MOST))
    handle = known[0].handle if known else _text(secrets.token_bytes(32))
    challenge = _new_challenge(ADD, user.id, handle)
    company = queries.organization()
    options = webauthn.generate_registration_options(
        rp_id=the_place().rp_id, rp_name=company.name if company else "Voronka", user_id=_bytes(handle),
        user_name=user.email or user.name, user_display_name=user.name, challenge=challenge, timeout=MINUTES * 60_000,
        exclude_credentials=_named(known), authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED))
    return str(webauthn.options_to_json(options))


def _named(known: Sequence[Passkey]) -> list[Any]:
    from webauthn.helpers.structs import (  # slow libraries are imported when a passkey is used
        AuthenticatorTransport,
        PublicKeyCredentialDescriptor,
    )

    return [PublicKeyCredentialDescriptor(id=_bytes(one.credential_id), transports=[AuthenticatorTransport(way) for way in one.transports])
            for one in known]


def _new_challenge(what: str, user_id: int, handle: str = "") -> bytes:
    """It waits in the signed cookie of the browser that asked, for one answer."""
    value = secrets.token_bytes(32)
    session["passkey"] = {"for": what, "user": user_id, "value": _text(value), "handle": handle, "at": int(time.time())}
    return value


@dataclass(frozen=True)
class Challenge:
    """What this browser was asked to sign; used up."""

    value: bytes
    handle: str


def take_challenge(what: str, user_id: int, address: str) -> Challenge:
    """The challenge that this browser was given for this, at most five minutes ago, and never again: RefusedError otherwise. In a
    transaction of its own, so that a copied cookie opens nothing twice.
    """
    kept = session.pop("passkey", None)
    if not isinstance(kept, dict) or not 0 <= time.time() - kept["at"] <= MINUTES * 60:
        raise RefusedError("no challenge waits")
    taken = operations.take_challenge(kept["value"], address)
    if not taken or kept["for"] != what or kept["user"] != user_id:
        raise RefusedError("the challenge was used, or is for something else, or there were too many tries")
    return Challenge(_bytes(kept["value"]), kept["handle"])


def check_new(challenge: Challenge, answer: str) -> NewKey:
    """The passkey that a device made for this challenge; RefusedError for anything else."""
    import webauthn  # slow libraries are imported when a passkey is used

    here = the_place()
    sent, checked = _right(answer, lambda sent: webauthn.verify_registration_response(
        credential=sent, expected_challenge=challenge.value, expected_rp_id=here.rp_id, expected_origin=here.origin,
        require_user_verification=True))
    if len(checked.credential_id) > LONGEST_ID:
        raise RefusedError("the credential has too long an id")
    told = sent["response"].get("transports")
    return NewKey(_text(checked.credential_id), _text(checked.credential_public_key), checked.sign_count, challenge.handle, here.rp_id,
                  [way for way in TRANSPORTS if isinstance(told, list) and way in told])


def check(challenge: Challenge, answer: str, user_id: int | None = None) -> User:
    """The person whose passkey signed this challenge: the named one, or anybody who may sign in. Its use is kept. RefusedError for anything
    else, in the same number of statements whether the passkey is known or not.
    """
    row = db.session.execute(sa.select(Passkey, User).join(User, User.id == Passkey.user_id).where(
        Passkey.credential_id == _id_in(answer))).first()
    found, user = (row[0], row[1]) if row is not None else (None, None)
    if found is None or user is None or not user.can_sign_in or user_id not in (None, user.id):
        journal.note(events.PASSKEY_MISSED, actor_id=user_id or (user.id if user else None))
        raise RefusedError("nobody who may sign in here has this passkey")
    try:
        count = _signed(challenge, answer, found, by_itself=user_id is None)
    except RefusedError:
        journal.note(events.PASSKEY_MISSED, actor_id=user.id)
        raise
    _use(found, count)
    return user


def _id_in(answer: str) -> str:
    try:
        return _text(_bytes(json.loads(answer)["rawId"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _signed(challenge: Challenge, answer: str, found: Passkey, *, by_itself: bool) -> int:
    """What the passkey says of how often it was used, once everything else is right. One that we did not name says whose it is."""
    import webauthn  # slow libraries are imported when a passkey is used

    here = the_place()
    sent, checked = _right(answer, lambda sent: webauthn.verify_authentication_response(
        credential=sent, expected_challenge=challenge.value, expected_rp_id=here.rp_id, expected_origin=here.origin,
        credential_public_key=_bytes(found.public_key), credential_current_sign_count=0, require_user_verification=True))
    handle = sent["response"].get("userHandle") or ("" if by_itself else found.handle)
    if not secrets.compare_digest(str(handle).rstrip("=").encode(), found.handle.encode()):
        raise RefusedError("the passkey is somebody else's")
    return int(checked.new_sign_count)


def _use(found: Passkey, count: int) -> None:
    """Keep the use. A count that does not grow tells of a copy; passkeys that many devices share count nothing and say 0."""
    grown = sa.or_(Passkey.sign_count < count, sa.and_(Passkey.sign_count == 0, sa.literal(count) == 0))
    kept: Any = db.session.execute(sa.update(Passkey).where(Passkey.id == found.id, grown).values(
        sign_count=count, last_used_at=utcnow()).execution_options(synchronize_session=False))
    if kept.rowcount != 1:
        journal.note(events.PASSKEY_COPIED, actor_id=found.user_id, name=found.name)
        raise RefusedError("the count went back")


def _right(answer: str, verify: Callable[[Any], Any]) -> tuple[Any, Any]:
    """The answer of the device, read, and what the library makes of it."""
    try:
        sent = json.loads(answer)
        if json.loads(_bytes(sent["response"]["clientDataJSON"])).get("crossOrigin"):
            raise RefusedError("a page within a page of somebody else asked")
        return sent, verify(sent)
    except Exception as error:  # a stranger sent it: whatever is wrong with it, it proves nothing
        raise RefusedError(str(error)) from error


def add(user: User, key: NewKey, *, name: str, salt: str, hashes: list[str] | None) -> Passkey:
    """A passkey of the person from now on; with `hashes` also recovery codes, made with this salt."""
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == key.credential_id)) is not None:
        raise AccountError(_("This passkey is kept here already."))
    step = db.session.get(SecondStep, user.id, with_for_update=True, populate_existing=True)
    if step is None:
        db.session.add(SecondStep(user_id=user.id, sealed="", salt=salt))
    elif step.salt != salt or (hashes is not None and second.codes_left(user.id)):  # a second step was set up while we made codes
        raise Stale(_("Somebody changed this at the same moment. Reload the page and try again."))
    made = Passkey(user_id=user.id, name=name, last_used_at=None, **vars(key))
    db.session.add(made)
    db.session.flush()
    if hashes is not None:
        second.keep_codes(user.id, hashes)
    second.record_way(events.PASSKEY_ADDED, user, actor_id=user.id, name=user.name, passkey=name)
    return made


def remove(user: User, passkey_id: int) -> bool:
    """The person's passkey opens nothing any more; with the last one, and without codes from a telephone, the second step goes.
    False when they have none with this number.
    """
    found = db.session.scalar(sa.select(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user.id))
    if found is None:
        return False
    db.session.delete(found)
    db.session.flush()
    if not second.has(user.id):
        second.clear(user.id)
    second.record_way(events.PASSKEY_REMOVED, user, actor_id=user.id, name=user.name, passkey=found.name)
    return True


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
