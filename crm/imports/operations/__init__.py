"""Rows of files become deals and people."""

from crm.imports.operations.contacts import import_contacts
from crm.imports.operations.deals import import_deals
from crm.imports.operations.uploads import check_mapping, run_upload, start_import, upload_file

__all__ = ["check_mapping", "import_contacts", "import_deals", "run_upload", "start_import", "upload_file"]
