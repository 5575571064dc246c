"""Rows of files become deals, people and products."""

from typing import TYPE_CHECKING

from crm.core.late import late

if TYPE_CHECKING:
    from crm.imports.operations.contacts import import_contacts
    from crm.imports.operations.deals import import_deals
    from crm.imports.operations.forecast import MOST_FORESEEN, foresee
    from crm.imports.operations.products import import_products
    from crm.imports.operations.sender import takes
    from crm.imports.operations.uploads import check_mapping, run_upload, start_import, undo_upload, upload_file
else:
    __getattr__ = late(__name__, contacts="import_contacts", deals="import_deals", forecast="MOST_FORESEEN foresee", sender="takes",
                       products="import_products", uploads="check_mapping run_upload start_import undo_upload upload_file")

__all__ = ["MOST_FORESEEN", "check_mapping", "foresee", "import_contacts", "import_deals", "import_products", "run_upload",
           "start_import", "takes", "undo_upload", "upload_file"]
