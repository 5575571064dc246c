"""What can be wrong with a document or a template."""

from crm.core.errors import DomainError
from crm.documents import engine


class DocumentError(DomainError):
    """A document cannot be made like that."""

    status = 422


class DraftChangedError(DocumentError):
    """The document would not be what the person has before them."""

    status = 409


class NotCorrectedError(DocumentError):
    """A document cannot be corrected any more."""


class UnlikeError(DocumentError):
    """An edited file looks as if it were of another document; who is sure sends it once more."""


class TemplateRefused(DomainError):  # noqa: N818 - reads like the trade
    """A file cannot be a template; `report` has the faults with their places, when the file was looked into."""

    status = 422

    def __init__(self, message: str, report: "engine.Report | None" = None, *, field: str = "") -> None:
        super().__init__(message, field=field)
        self.report = report
