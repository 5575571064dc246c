"""Who sends slowly, or announces too much, holds up nobody: real lines to the program as it is started, with short patience."""

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.core.test_serve import ROOT, environment, free_port

THREADS = 2
HEAD, BODY = 1.0, 1.0
AT_ONCE = 0.6
READ = b"This page was open for too long."  # what a form without a token is told, once it has been read
START = (f"import runpy, crm.patience as p; p.HEAD, p.BODY, p.PARTING, p.SWEEP, p.MOST_LINES = {HEAD}, {BODY}, 0.3, 0.02, 20; "
         "runpy.run_path('app.py', run_name='__main__')")
BOUND = "----patience"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("patience") / "log"


@pytest.fixture(scope="module")
def port(log: Path) -> Iterator[int]:
    """The program with two threads and the patience of a second."""
    port = free_port()
    env = {**environment(log.parent / "data", port), "THREADS": str(THREADS), "PYTHONPATH": str(ROOT)}
    with log.open("w") as errors, subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, env=env, stdout=subprocess.PIPE,
                                                   stderr=errors, text=True) as process:
        try:
            assert process.stdout is not None
            assert any("listens" in line for line in process.stdout)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def line(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def head(path: str = "/login", method: str = "POST", **headers: object) -> bytes:
    told = {"Host": "127.0.0.1", "Content_Type": "application/x-www-form-urlencoded",
            "Accept-Language": "en", **headers}
    rows = [f"{method} {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
    return "\r\n".join([*rows, "", ""]).encode()


def answer(sock: socket.socket) -> bytes:
    """All that is said until the other side closes."""
    said = b""
    while part := sock.recv(65536):
        said += part
    return said


@contextmanager
def dripping(port: int, beginning: bytes, drip: bytes, count: int = THREADS * 3) -> Iterator[list[socket.socket]]:
    """Lines that send a drip every 50 ms for as long as they can."""
    over = threading.Event()
    with ExitStack() as stack:
        lines = [stack.enter_context(line(port)) for _number in range(count)]

        def run() -> None:
            for one in lines:
                one.sendall(beginning)
            open_ones = list(lines)
            while open_ones and not over.wait(0.05):
                for one in list(open_ones):
                    try:
                        one.sendall(drip)
                    except OSError:
                        open_ones.remove(one)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield lines
        finally:
            over.set()
            thread.join()


def health(port: int) -> float:
    """How long an answer takes to somebody else."""
    started = time.monotonic()
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asked.request("GET", "/healthz")
    assert asked.getresponse().status == 200
    asked.close()
    return time.monotonic() - started


DRIPS = {"head": (b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n", b"X-Drip: 1\r\n"),
         "first line": (b"", b"G"),
         "body": (head(Content_Length=900_000), b"x"),
         "body without a length": (head(Transfer_Encoding="chunked"), b"1\r\nx\r\n"),
         "body in advance of a hundred": (head(Content_Length=900_000, Expect="100-continue"), b"x")}


@pytest.mark.parametrize("what", DRIPS)
def test_lines_that_drip_hold_up_nobody_and_are_let_go(port: int, what: str) -> None:
    health(port)
    started = time.monotonic()
    with dripping(port, *DRIPS[what]) as lines:
        time.sleep(0.2)
        assert health(port) < AT_ONCE
        said = answer(lines[-1])
    assert b" 408 " in said.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")[:20]
    assert time.monotonic() - started < BODY + 1.5


def test_a_kept_line_that_drips_its_next_request_holds_up_nobody(port: int) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    with ExitStack() as stack:
        lines = [stack.enter_context(line(port)) for _number in range(THREADS * 3)]
        for sock in lines:
            sock.sendall(one + b"\r\n")
            first = http.client.HTTPResponse(sock)
            first.begin()
            assert (first.status, len(first.read()) > 0) == (200, True)
        for sock in lines:
            sock.sendall(one)
        time.sleep(0.1)
        assert health(port) < AT_ONCE
        lines[0].sendall(b"\r\n")
        assert lines[0].recv(12) == b"HTTP/1.1 200"
        assert b" 408 " in answer(lines[1])[:20]


def test_a_large_body_that_comes_too_slowly_leaves_its_thread(port: int, log: Path) -> None:
    beginning = head(Content_Length=900_000) + b"x" * 100_000
    with dripping(port, beginning, b"x") as lines:
        time.sleep(0.2)
        said = [answer(one) for one in lines[:THREADS]]
    assert [one[:13] for one in said] == [b"HTTP/1.1 400 "] * THREADS
    assert all(b"The browser sent something that cannot be read." in one for one in said)
    assert health(port) < 1
    assert "Traceback" not in log.read_text()


def test_a_silent_line_is_closed_without_a_word(port: int) -> None:
    with line(port) as sock:
        assert answer(sock) == b""


def test_more_lines_than_can_be_waited_for_take_the_place_of_the_oldest(port: int) -> None:
    with ExitStack() as stack:
        began = time.monotonic()
        lines = [stack.enter_context(line(port)) for _number in range(25)]
        time.sleep(0.1)
        assert health(port) < AT_ONCE
        assert (answer(lines[0]), time.monotonic() - began < HEAD) == (b"", True)
        lines[-1].sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert lines[-1].recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(("length", "kind"), [
    (28_000_000, f"multipart/form-data; boundary={BOUND}"), (99_999_999_999, "application/x-www-form-urlencoded"),
    (2_000_000, "application/x-www-form-urlencoded"), (10 ** 30, "text/plain")])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_body_announced_too_large_is_refused_at_once(port: int, log: Path, length: int, kind: str, method: str) -> None:
    with line(port) as sock:
        started = time.monotonic()
        sock.sendall(head(method=method, Content_Length=length, Content_Type=kind))
        assert sock.recv(13) == b"HTTP/1.1 413 "
        assert time.monotonic() - started < AT_ONCE
    assert "Traceback" not in log.read_text()


def test_who_sends_too_much_reads_the_answer_after_sending_everything(port: int) -> None:
    """As a browser does: it looks for an answer only then, and a reset would be all it finds."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    asked.request("POST", "/login", b"x" * 30_000_000, {"Content-Type": f"multipart/form-data; boundary={BOUND}",
                                                            "Accept-Language": "en"})
    got = asked.getresponse()
    assert (got.status, b"That is too large to send." in got.read()) == (413, True)
    asked.close()


def test_a_head_without_end_is_refused(port: int) -> None:
    with line(port) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 70_000)
        assert answer(sock)[:13] == b"HTTP/1.1 431 "


@pytest.mark.parametrize("size", [1_000, 300_000, 20_000_000])
def test_an_upload_of_usual_speed_is_read_whole(port: int, size: int) -> None:
    beginning = f'--{BOUND}\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    body = beginning.encode() + b"x" * size + f"\r\n--{BOUND}--\r\n".encode()
    with line(port) as sock:
        sock.sendall(head(Content_Length=len(body), Content_Type=f"multipart/form-data; boundary={BOUND}", Connection="close"))
        for start in range(0, len(body), 1_000_000):
            sock.sendall(body[start:start + 1_000_000])
            time.sleep(0.01)
        assert READ in answer(sock)


def test_a_body_slower_than_the_first_patience_is_read_as_long_as_it_keeps_its_speed(port: int) -> None:
    size, began = 160_000, time.monotonic()
    with line(port) as sock:
        sock.sendall(head(Content_Length=size, Connection="close"))
        for _piece in range(16):
            sock.sendall(b"x" * (size // 16))
            time.sleep(0.08)
        assert time.monotonic() - began > BODY
        assert READ in answer(sock)


def test_a_kept_line_answers_again_and_what_was_sent_ahead_is_not_lost(port: int) -> None:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number in range(5):
        asked.request("POST" if number % 2 else "GET", "/healthz", b"x" * 1000 if number % 2 else None)
        got = asked.getresponse()
        got.read()
        assert got.status == (405 if number % 2 else 200)
    asked.close()
    with line(port) as sock:
        one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        sock.sendall(one + b"\r\n" + b"\r\n" + one + b"\r\n" + one[:20])
        time.sleep(0.1)
        sock.sendall(one[20:] + b"Connection: close\r\n\r\n")
        assert answer(sock).count(b"HTTP/1.1 200 ") == 3


def test_a_body_in_pieces_is_read(port: int) -> None:
    with line(port) as sock:
        sock.sendall(head(Transfer_Encoding="chunked", Connection="close") + b"3\r\na=1\r\n")
        time.sleep(0.05)
        sock.sendall(b"0\r\n\r\n")
        assert READ in answer(sock)


def test_a_body_in_broken_pieces_is_refused_with_a_sentence_or_not_read(port: int, log: Path) -> None:
    broken = b"zz\r\na=1\r\n0\r\n\r\n"
    with line(port) as sock:
        sock.sendall(head(Transfer_Encoding="chunked") + broken)
        said = answer(sock)
    assert (said[:13], b"The browser sent something that cannot be read." in said) == (b"HTTP/1.1 400 ", True)
    with line(port) as sock:
        sock.sendall(head("/healthz", "GET", Transfer_Encoding="chunked") + broken)
        said = answer(sock)
    assert (said[:13], said.count(b"HTTP/1.1")) == (b"HTTP/1.1 200 ", 1)
    assert "Traceback" not in log.read_text()


def test_who_does_not_close_after_the_last_answer_holds_up_nobody(port: int) -> None:
    with ExitStack() as stack:
        for _number in range(5):
            sock = stack.enter_context(line(port))
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert sock.recv(12) == b"HTTP/1.1 200"
        assert health(port) < AT_ONCE


def test_a_stop_does_not_wait_for_who_drips(tmp_path: Path) -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment(tmp_path, port), stdout=subprocess.PIPE,
                          text=True) as process:
        assert process.stdout is not None
        assert any("listens" in text for text in process.stdout)
        with dripping(port, *DRIPS["body"], count=2):
            time.sleep(0.2)
            started = time.monotonic()
            process.terminate()
            assert process.wait(20) == 0
            assert time.monotonic() - started < 15  # who drips a body has 20 seconds and more
