"""Making the demo company and taking it away."""

from crm.demo.operations.errors import DemoError
from crm.demo.operations.filling import Login, fill
from crm.demo.operations.removing import remove

__all__ = ["DemoError", "Login", "fill", "remove"]
