"""Files are taken after the request."""

from crm.accounts.speaking import speak_for_company
from crm.core.db import db
from crm.core.jobs import handler
from crm.imports import operations
from crm.imports.models import Import


@handler("imports.run")
def run(import_id: int, actor_id: int | None = None) -> None:
    """Take one uploaded file, by the rights of `actor_id`; a job from before the upgrade names nobody, it is the uploader's."""
    speak_for_company()
    upload = db.session.get(Import, import_id)
    if upload is not None and upload.status == "running":
        operations.run_upload(upload, actor_id=actor_id or upload.created_by_id)
