"""Making the demo company and taking it away."""

from typing import TYPE_CHECKING

from crm.core.late import late
from crm.demo.operations.errors import DemoError

if TYPE_CHECKING:
    from crm.demo.operations.filling import Login, fill
    from crm.demo.operations.removing import remove
else:
    __getattr__ = late(__name__, filling="Login fill", removing="remove")

__all__ = ["DemoError", "Login", "fill", "remove"]
