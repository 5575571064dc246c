"""Files are taken after the request."""

from crm.core.db import db
from crm.core.jobs import handler
from crm.imports import operations
from crm.imports.models import Import


@handler("imports.run")
def run(import_id: int) -> None:
    """Take one uploaded file."""
    upload = db.session.get(Import, import_id)
    if upload is not None and upload.status == "running":
        operations.run_upload(upload)
