"""Whether it is the person who sits here, before their second step or their passkeys change."""

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import operations, passwords, second
from crm.accounts.forms import ProofForm
from crm.core.db import reading

__all__ = ["ProofForm", "proved"]  # other features ask for it with the form, too


def proved(form: ProofForm) -> bool:
    """Whether the password, or a code where codes are turned on, shows that it is the person; slow, so outside of the write lock."""
    with reading():
        user_id, known, on = current_user.id, current_user.password_hash, second.step_of(current_user.id) is not None
    if not form.validate():
        return False
    address, typed = request.remote_addr or "", form.proof.data or ""
    if not operations.take_try(f"proof {user_id}", address):
        form.proof.errors = [_("Too many attempts. Wait 15 minutes and try again.")]
        return False
    if not passwords.verify(known, typed) and not (on and second.accept(user_id, typed)):
        form.proof.errors = [_("Neither the password nor a code of this moment. Try again.")]
        return False
    operations.forget_misses(f"proof {user_id}", address)
    return True
