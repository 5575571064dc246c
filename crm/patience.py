"""How long the server waits for whoever sends: a request gets a thread only when it is there, and slow ones are let go.

gunicorn gives a thread to every connection that has sent its first byte, so as many drips as there are threads would stop the
program. Here its loop, which waits for all connections at once, gathers the head and the beginning of the body; most requests
are complete then. A larger body is read in its thread, and must keep coming. What nobody reads any more is thrown away by the
loop as well: a browser shows an answer only after it has sent everything, and is cut off otherwise.
"""

import re
import select
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from gunicorn.http.errors import ParseException
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from crm.core.files import MAX_UPLOAD
from crm.core.web import MAX_TYPED

HEAD = 10.0  # seconds for the whole head of a request
BODY = 20.0  # seconds for a body, and for each ...
SPEED = 50_000  # ... of its bytes a second more; fast ones save up no more than BODY
PARTING = 2.0  # seconds for the client to close after the last answer
SWEEP = 0.1
AHEAD = 64 * 1024  # of a body are there before it gets a thread
MOST_HEAD = 64 * 1024
MOST_AWAY = 100 * 1024 * 1024  # of an unread body is thrown away before the line is cut
MOST_LINES = 500  # that the loop waits for: of more, who has least time left goes, for most requests come whole and wait for nothing
PIECE = 16 * 1024
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
UNREADY = object()
LATE, LONG = "408 Request Timeout", "431 Request Header Fields Too Large"


def _later(deadline: float, came: int) -> float:
    """The deadline after some bytes have come."""
    return min(deadline + came / SPEED, time.monotonic() + BODY)


class Reader(SocketUnreader):
    """Reads in a thread what the loop has left of a body; TimeoutError when it comes too slowly."""

    deadline = 0.0

    def begin(self, came: bytes) -> None:
        """A thread has taken the request; this is what the loop has of it."""
        self.unread(came)
        self.deadline = time.monotonic() + BODY

    def chunk(self, size_hint: int | None = None) -> bytes:
        """What comes next; what is there already is taken even when it is late, for the program may have been busy."""
        waiting = select.poll()
        waiting.register(self.sock, select.POLLIN)
        if not waiting.poll(max(0.0, self.deadline - time.monotonic()) * 1000):
            raise TimeoutError("the client sends too slowly")
        data: bytes = super().chunk(size_hint)
        self.deadline = _later(self.deadline, len(data))
        return data


class Pieces:
    """The reader of a body; what it cannot make out is told as what does not come, which the program and gunicorn know how to end."""

    def __init__(self, reader: Any) -> None:
        self.reader = reader

    def read(self, size: int) -> bytes:
        """The next bytes of the body."""
        try:
            data: bytes = self.reader.read(size)
        except ParseException as error:
            raise TimeoutError("the body cannot be read") from error
        return data


class Line(TConn):
    """A connection: what has come of its request, and until when more must have come."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.init()
        self.parser.unreader = Reader(self.sock)
        self.sock.setblocking(False)
        self.begin()

    def begin(self) -> None:
        """Wait for a request."""
        self.came, self.head, self.wanted, self.deadline = b"", b"", 0, time.monotonic() + HEAD
        self.ready = self.parting = False

    def receive(self) -> bytes | None:
        """What has come; None when the other side has ended."""
        try:
            data: bytes = self.sock.recv(PIECE)
        except BlockingIOError:
            return b""
        except OSError:
            return None
        return data or None

    def take(self, data: bytes) -> bool:
        """Add what came; whether enough is there for a thread."""
        self.came += data
        if self.head:
            self.deadline = _later(self.deadline, len(data))
            return self._enough()
        self.came = self.came.lstrip(b"\r\n")  # allowed before a request; it is none
        end = self.came.find(b"\r\n\r\n")
        if end < 0:
            return False
        self.head, self.deadline = self.came[:end + 4], time.monotonic() + BODY
        self.wanted = end + 4 + self._body()
        if self._enough():
            return True
        if EXPECTS.search(self.head):
            self.say("100 Continue")
        return False

    def _body(self) -> int:
        """How much of the body is wanted first: none of what the program refuses for its length."""
        if CHUNKED.search(self.head):
            return AHEAD
        found = LENGTH.search(self.head)
        length = int(found[1].lstrip(b"0")[:20] or b"0") if found else 0
        most = MAX_UPLOAD + MAX_TYPED if b"multipart/form-data" in self.head.lower() else MAX_TYPED
        return 0 if length > most else min(length, AHEAD)

    def _enough(self) -> bool:
        if len(self.came) >= self.wanted:
            return True
        return bool(CHUNKED.search(self.head)) and b"\r\n0\r\n" in self.came[len(self.head) - 2:] and self.came.endswith(b"\r\n\r\n")

    def say(self, status: str) -> None:
        """A line of the protocol from the loop, which never waits."""
        rest = "" if status.startswith("1") else "Connection: close\r\nContent-Length: 0\r\n"
        try:
            self.sock.send(f"HTTP/1.1 {status}\r\n{rest}\r\n".encode())
        except OSError:
            self.deadline = 0.0


class Worker(ThreadWorker):
    """gunicorn's worker of threads, with a loop that gathers requests before they get one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: set[Line] = set()  # that the loop waits for
        self.swept = 0.0

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection in."""
        try:
            sock, address = listener.accept()
            line = Line(self.cfg, sock, address, listener.getsockname())
        except OSError:  # another worker was quicker, it has gone, or too many files are open: those who wait are let go in time
            return
        self.nr_conns += 1
        self._await(line)

    def on_client_socket_readable(self, conn: Line, client: socket.socket) -> None:
        """A kept connection asks again: a thread looks whether all is there, as it mostly is, and the loop has less to do."""
        conn.begin()
        super().on_client_socket_readable(conn, client)

    def _await(self, line: Line, came: bytes = b"") -> None:
        """Wait for a request; often it is there already."""
        line.begin()
        if came and line.take(came):
            self._give(line)
        elif self._gather(line):
            self._watch(line, self._gather)

    def _gather(self, line: Line) -> bool:
        """Take what has come; whether more must come."""
        data = line.receive()
        if data is None:
            self._drop(line)
        elif line.take(data):
            self._give(line)
        elif not line.head and len(line.came) > MOST_HEAD:
            self._refuse(line, LONG)
        else:
            return True
        return False

    def _watch(self, line: Line, work: Callable[[Line], object]) -> None:
        if len(self.lines) >= MOST_LINES:
            self._drop(min(self.lines, key=lambda one: one.deadline))
        self.lines.add(line)
        self.poller.register(line.sock, selectors.EVENT_READ, lambda _sock: work(line) if line in self.lines else None)  # or just dropped

    def _forget(self, line: Line) -> None:
        if line in self.lines:
            self.lines.discard(line)
            self.poller.unregister(line.sock)

    def _give(self, line: Line) -> None:
        self._forget(line)
        line.ready = True
        self.enqueue_req(line)

    def _drop(self, line: Line) -> None:
        self._forget(line)
        self.nr_conns -= 1
        line.close()

    def _refuse(self, line: Line, status: str) -> None:
        self.log.info("%s, from %s", status, line.client)
        self._forget(line)
        line.say(status)
        self._part(line)

    def handle(self, conn: Line) -> Any:
        """In a thread: answer the request when it is there, else leave it to the loop."""
        if not conn.ready:
            data = conn.receive()
            if data is None:
                return False
            if not conn.take(data):
                return UNREADY
        conn.parser.unreader.begin(conn.came)
        conn.came = b""
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Line) -> Any:
        """In a thread: the program answers; what it has not read by then is waited for no more."""
        req.body.reader = Pieces(req.body.reader)
        kept = super().handle_request(req, conn)
        conn.parser.unreader.deadline = 0.0
        return kept

    def finish_request(self, conn: Line, fs: "Future[Any]") -> None:
        """The thread has done: wait for the next request, or part. Never waits itself, as gunicorn's own would."""
        result = None if fs.cancelled() or fs.exception() else fs.result()
        if result is UNREADY:
            self._watch(conn, self._gather)
        elif result and (ahead := conn.parser.unreader.take_buffered()):
            conn.sock.setblocking(False)
            self._await(conn, ahead)
        elif result:
            super().finish_request(conn, fs)
        else:
            self._part(conn)

    def _part(self, line: Line) -> None:
        """Close our side and throw away what still comes, or its end would be a reset and the answer lost."""
        line.parting, line.away, line.deadline = True, 0, time.monotonic() + PARTING
        try:
            line.sock.shutdown(socket.SHUT_WR)
            line.sock.setblocking(False)
        except OSError:  # it has gone
            self.nr_conns -= 1
            line.close()
            return
        self._watch(line, self._throw_away)

    def _throw_away(self, line: Line) -> None:
        data = line.receive()
        line.away += len(data or b"")
        line.deadline = _later(line.deadline, len(data or b""))
        if data is None or line.away > MOST_AWAY:
            self._drop(line)

    def murder_pending(self) -> None:
        """Let go of those whose time is over; gunicorn calls it each time that its loop turns."""
        now = time.monotonic()
        if now < self.swept + SWEEP:
            return
        self.swept = now
        for line in [line for line in self.lines if line.deadline < now]:
            if line.came and not line.parting:
                self._refuse(line, LATE)
            else:
                self._drop(line)

    def _cap_keepalive(self, deadline: float) -> None:
        """The server stops: nobody is waited for longer than that."""
        super()._cap_keepalive(deadline)
        for line in self.lines:
            line.deadline = min(line.deadline, deadline)
