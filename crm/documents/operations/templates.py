"""Writes about Word templates."""

from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import files
from crm.core.db import db
from crm.core.events import record
from crm.deals.models import Deal
from crm.documents import engine, events, kinds, offering, queries
from crm.documents.catalogue import field_tree
from crm.documents.examples import examples, numbers
from crm.documents.models import Template, TemplateVersion
from crm.documents.operations.errors import DocumentError, TemplateRefused
from crm.documents.shipped import Shipped, all_shipped, of_kind
from crm.documents.synonyms import habits, synonyms

INSTALL_LOCK = 7_415_001


def install_templates(*, actor: User | None) -> list[Template]:
    """Put the shipped Word templates into the database, once: where a kind and language has any, it is left alone."""
    _one_at_a_time()
    known = {(one.kind, one.locale): queries.stored(one.kind, one.locale) for one in all_shipped()}
    made = [install(one, actor=actor) for one in all_shipped() if not known[one.kind, one.locale]]
    db.session.flush()
    return made


def install(one: Shipped, *, actor: User | None) -> Template:
    """One shipped template as a row with its first version."""
    with force_locale(one.locale):
        name = one.label
    template = Template(kind=one.kind, locale=one.locale, name=name)
    template.versions.append(TemplateVersion(
        number=1, digest=files.keep(one.data), file_name=one.file_name, accepted=True,
        uploaded_by_id=actor.id if actor else None))
    db.session.add(template)
    return template


def template_for(*, kind: str, locale: str, key: str, deal: Deal | None = None) -> Template:
    """The template that a form names, else the one to propose for the deal. DocumentError when there is none of this kind and language."""
    choice = queries.choose(kind, locale, key, deal)
    if choice is None:
        raise DocumentError(_("There is no template of this kind. Upload a Word file first."))
    return stored_template(choice, actor=None)


def stored_template(choice: queries.Choice, *, actor: User | None) -> Template:
    """The row of a chosen template; a shipped one gets its row now."""
    if choice.template is not None:
        return choice.template
    known = next((one for one in all_shipped() if one.digest == choice.digest), None)
    if known is None:
        raise DocumentError(_("This template no longer exists. Choose another one."))
    _one_at_a_time()
    if not queries.stored(choice.kind, choice.locale):  # nobody else was faster
        for one in of_kind(choice.kind, choice.locale):
            install(one, actor=actor)
        db.session.flush()
    found = queries.with_digest(choice.kind, choice.locale, choice.digest)
    return found or take_shipped(known, actor=actor)


def take_shipped(one: Shipped, *, actor: User | None) -> Template:
    """A template that came with the program as one of the business's."""
    template = queries.with_digest(one.kind, one.locale, one.digest) or install(one, actor=actor)
    template.archived = False
    db.session.flush()
    return template


def offer(template: Template, *, actor: User, **terms: Any) -> None:
    """For which deals the template is offered: `pipelines` and `stages` by id, `clients` and `vat` as in `offering`.

    One that was not offered is so from now on, for the deals that are named.
    """
    wanted = {name: terms[name] for name in offering.NAMES if terms.get(name)}
    if wanted != template.terms:
        template.terms, template.archived = wanted, template.archived and not wanted
        db.session.flush()
        record(events.TEMPLATE_OFFERED, actor_id=actor.id, template=template.name, template_kind=template.kind)


def _one_at_a_time() -> None:
    """Two first documents at once must not both bring the shipped template; SQLite has one writer anyway."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": INSTALL_LOCK})


def look(data: bytes, kind: str = "", locale: str = "ru") -> "engine.Report":
    """Check an uploaded file, a template of this kind and language to be, and try it on examples; nothing is stored.

    TemplateRefused when it is larger than any upload may be.
    """
    if len(data) > files.MAX_UPLOAD:
        raise TemplateRefused(_("The file is larger than %(limit)s MB. Make its pictures smaller and upload it again.",
                                limit=files.MAX_MEGABYTES))
    return engine.check(data, field_tree(), synonyms=synonyms(kind), numbers=numbers(), examples=examples(locale),
                        habits=habits(kind))


def annotated(data: bytes, report: "engine.Report") -> bytes:
    """The same file with the faults as Word comments. TemplateRefused when none can be put into it."""
    try:
        return engine.annotate(data, report, _)
    except engine.TemplateError as refused:
        raise TemplateRefused(refused.faults[0].message(_)) from refused


def picture_of(data: bytes) -> str:
    """The file as HTML, as far as it can be opened; else nothing."""
    try:
        return engine.to_html(data)
    except engine.TemplateError:
        return ""


def upload(data: bytes, *, kind: str, locale: str, name: str, file_name: str, actor: User,
           template: Template | None = None) -> TemplateVersion:
    """Accept a Word file as the newest version of `template`, or as a new template.

    TemplateRefused carries the report when the check found faults: then nothing is stored. The same file again changes nothing.
    The first of the business's own is offered from now on; a further one waits until somebody says so, and nobody is surprised.
    """
    report = look(data, kind, locale)
    if not report.ok:
        raise TemplateRefused(_("The file has errors, so it was not accepted. Fix them in Word and upload it again."), report)
    install_templates(actor=None)
    if template is None:
        waits = any(one.own for one in queries.choices(kind, locale))
        template = Template(kind=kind, locale=locale, name=name.strip()[:200] or str(kinds.LABELS[kind]), archived=waits)
        db.session.add(template)
    digest = files.keep(data)
    if template.current is not None and template.current.digest == digest:
        return template.current
    version = TemplateVersion(
        number=max((one.number for one in template.versions), default=0) + 1, digest=digest, accepted=True,
        file_name=file_name[-200:], uploaded_by_id=actor.id,
        report={"fields": list(report.fields_used), "fonts": list(report.fonts)})
    template.versions.append(version)
    db.session.flush()
    record(events.TEMPLATE_UPLOADED, actor_id=actor.id, template=template.name, template_kind=template.kind,
           version=version.number)
    return version


def bring_back(template: Template, version: TemplateVersion, *, actor: User) -> TemplateVersion:
    """Make an earlier version the newest one again."""
    again = TemplateVersion(number=template.versions[-1].number + 1, digest=version.digest, accepted=True,
                            file_name=version.file_name, uploaded_by_id=actor.id, report=version.report)
    template.versions.append(again)
    db.session.flush()
    record(events.TEMPLATE_UPLOADED, actor_id=actor.id, template=template.name, template_kind=template.kind,
           version=again.number)
    return again


def put_away(template: Template, *, away: bool) -> None:
    """Take a template out of use, or into it again. Documents made from it stay."""
    template.archived = away
