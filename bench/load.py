"""The load, in a process of its own: kept connections that ask one after another. Reads a task on stdin, answers on stdout, in JSON.

The task: port, seconds (or count, for each connection), and `connections`: lists of requests that each one goes round and
round. In a request `{n}` stands for how often that connection has asked so far, counted from its `first`.
"""

import json
import socket
import sys
import threading
import time
from typing import Any


def ask(line: socket.socket, request: bytes) -> tuple[int, int]:
    """One whole request: status and the bytes that came."""
    line.sendall(request)
    data = line.recv(65536)
    while b"\r\n\r\n" not in data:
        more = line.recv(65536)
        if not more:
            raise ConnectionError("the server hung up")
        data += more
    head, _sep, body = data.partition(b"\r\n\r\n")
    low = head.lower()
    status, place = int(head[9:12]), low.find(b"\r\ncontent-length:")
    if place < 0 and status != 204:
        raise ValueError(f"no length: {head!r}")
    length = 0 if place < 0 else int(low[place + 17:].split(b"\r\n", 1)[0])
    got = len(body)
    while got < length:
        got += len(line.recv(65536))
    return status, len(head) + 4 + got


def compose(request: dict[str, Any], number: int) -> bytes:
    """The bytes of a request with its counted parts filled in."""
    body = request.get("body", "").replace("{n}", str(number)).encode()
    head = f"{request['method']} {request['path'].replace('{n}', str(number))} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in request["headers"].items())
    if request["method"] == "POST":
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Caller(threading.Thread):
    """One connection."""

    def __init__(self, task: dict[str, Any], part: dict[str, Any], start: threading.Event) -> None:
        super().__init__(daemon=True)
        self.task, self.part, self.begin = task, part, start
        self.walls: list[float] = []
        self.size = self.errors = self.asked = 0
        self.odd: list[int] = []

    def run(self) -> None:
        """Ask until the time or the number is over; a broken connection is an error."""
        try:
            self._ask_all()
        except (OSError, ValueError):
            self.errors += 1
            self.odd.append(0)

    def _ask_all(self) -> None:
        requests, first = self.part["requests"], self.part.get("first", 0)
        line = socket.create_connection(("127.0.0.1", self.task["port"]), timeout=60)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begin.wait()
        until, most = time.perf_counter() + self.task.get("seconds", 1e9), self.task.get("count", 1e9)
        while self.asked < most and time.perf_counter() < until:
            request = requests[(first + self.asked) % len(requests)]
            data = compose(request, first + self.asked)
            started = time.perf_counter()
            status, self.size = ask(line, data)
            self.walls.append((time.perf_counter() - started) * 1000)
            self.asked += 1
            if status not in request["expect"]:
                self.errors += 1
                self.odd.append(status)
        line.close()


def main() -> None:
    """Run the task."""
    task = json.load(sys.stdin)
    start = threading.Event()
    callers = [Caller(task, part, start) for part in task["connections"]]
    for caller in callers:
        caller.start()
    began = time.perf_counter()
    start.set()
    for caller in callers:
        caller.join()
    json.dump({"elapsed": time.perf_counter() - began, "walls": [wall for caller in callers for wall in caller.walls],
               "asked": [caller.asked for caller in callers], "bytes": callers[0].size,
               "errors": sum(caller.errors for caller in callers),
               "odd": sorted({status for caller in callers for status in caller.odd})}, sys.stdout)


if __name__ == "__main__":
    main()
