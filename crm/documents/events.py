"""Facts about documents."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

DOCUMENT_MADE = declare("document.made", _l("Document created"), "document")
DOCUMENT_OPENED = declare("document.opened", _l("The client opened the document"), "eye")
LINK_MADE = declare("document.link_made", _l("Document link created"), "link")
LINK_RECALLED = declare("document.link_recalled", _l("Document link revoked"), "link")
TEMPLATE_UPLOADED = declare("template.uploaded", _l("Word template uploaded"), "template")
