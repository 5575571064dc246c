"""A line between the program and its database that can be refused, frozen, or cut in the middle."""

import contextlib
import selectors
import socket
import threading
from types import TracebackType

FLOW, REFUSE, HANG = "flow", "refuse", "hang"


class Proxy:
    """TCP from a port of its own to `target`; `mode` says what happens to what is sent."""

    def __init__(self, target: int) -> None:
        self.target, self.mode = target, FLOW
        self.over = threading.Event()
        self.pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.listener.settimeout(0.2)

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.over.set()
        self.cut()
        self.listener.close()

    def _listen(self) -> None:
        while not self.over.is_set():
            try:
                near, _address = self.listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if self.mode == REFUSE:
                near.close()
                continue
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            near.close()
            return
        pair = (near, far)
        self.pairs.add(pair)
        with selectors.DefaultSelector() as ears, near, far, contextlib.suppress(OSError):
            ears.register(near, selectors.EVENT_READ, far)
            ears.register(far, selectors.EVENT_READ, near)
            while not self.over.is_set():
                for key, _events in ears.select(0.05):
                    if self.mode == HANG:
                        self.over.wait(0.02)  # nothing arrives for as long as it lasts; TCP says all is well
                        continue
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not data:
                        return
                    key.data.sendall(data)
        self.pairs.discard(pair)

    def cut(self) -> None:
        """Cut every line that is open, in the middle of whatever it carries."""
        for near, far in list(self.pairs):
            for end in (near, far):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self.pairs.discard((near, far))
