"""Facts about documents."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

DOCUMENT_MADE = declare("document.made", _l("Document created"), "document")
DOCUMENT_ACCEPTED = declare("document.accepted", _l("The client accepted the quote"), "check")
DOCUMENT_ASKED = declare("document.asked", _l("The client asks"), "chat")
TEMPLATE_OFFERED = declare("template.offered", _l("Changed for which deals a template is offered"), "template")
DOCUMENT_CANCELLED = declare("document.cancelled", _l("Document cancelled"), "close")
DOCUMENT_REVIVED = declare("document.revived", _l("Document in force again"), "undo")
DOCUMENT_CORRECTED = declare("document.corrected", _l("Made instead of another"), "edit")
PICTURES_CHANGED = declare("document.pictures", _l("Logo, stamp or signature changed"), "image")
NUMBERS_CHANGED = declare("document.numbers", _l("Document numbers changed"), "settings")
DOCUMENT_OPENED = declare("document.opened", _l("The client opened the document"), "eye")
LINK_MADE = declare("document.link_made", _l("Document link created"), "link")
LINK_RECALLED = declare("document.link_recalled", _l("Document link revoked"), "link")
TEMPLATE_UPLOADED = declare("template.uploaded", _l("Word template uploaded"), "template")
LAWYER_ASKED = declare("document.lawyer", _l("The lawyer is asked to agree"), "send")
LAWYER_NOT_ASKED = declare("document.withdrawn", _l("Taken back from the lawyer"), "undo")
DOCUMENT_AGREED = declare("document.agreed", _l("Agreed by the lawyer"), "check")
DOCUMENT_RETURNED = declare("document.returned", _l("Returned with remarks"), "undo")
DOCUMENT_SENT = declare("document.sent", _l("Sent to the client"), "send")
DOCUMENT_SIGNED = declare("document.signed", _l("Signed"), "check")
DOCUMENT_KEPT = declare("document.kept", _l("The original is kept"), "archive")
DOCUMENT_TAKEN_BACK = declare("document.taken_back", _l("Taken one step back"), "undo")
VERSION_ADDED = declare("document.version", _l("New version"), "upload")
REMARK_MADE = declare("document.remark", _l("Remark"), "chat")
REMARK_SETTLED = declare("document.settled", _l("Remark settled"), "check")
TERMS_SET = declare("document.terms", _l("Days of the contract"), "calendar")
AGREEMENT_RULED = declare("document.rules", _l("Changed which documents the lawyer agrees"), "settings")
