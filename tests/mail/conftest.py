"""A mail server for the tests of letters."""

import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.mail.mailbox import Mailbox


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a mail server of the test's own."""
    Mailbox.forget()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{one.server_address[1]}"
        one.shutdown()
