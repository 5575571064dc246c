"""A server under measurement: started as users start it, its CPU time read from /proc."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """The process and all its children."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the process and its children."""
    total = 0
    for one in family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def memory_mb(pid: int) -> float:
    """Proportional set size of master and worker, in MB."""
    total = 0
    for one in family(pid):
        match = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(match[1]) if match else 0
    return total / 1024


@dataclass
class Server:
    """A running server."""

    pid: int
    port: int
    cookie: str = ""
    started_cpu: float = 0.0  # processor seconds until the first answer

    def ask(self, method: str, path: str, form: dict[str, str] | None = None,
            headers: dict[str, str] | None = None, connection: http.client.HTTPConnection | None = None,
            ) -> tuple[int, bytes, http.client.HTTPResponse]:
        """One whole request."""
        line = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode(form) if form is not None else None
        sent = {"Cookie": self.cookie, "Accept-Encoding": "gzip", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, body, sent)
        answer = line.getresponse()
        data = answer.read()
        if connection is None:
            line.close()
        return answer.status, data, answer

    def keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        """What a browser would send next time."""
        jar = dict(part.split("=", 1) for part in self.cookie.split("; ") if part)
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";", 1)[0].split("=", 1)
            jar[name] = value
        self.cookie = "; ".join(f"{name}={value}" for name, value in jar.items())


@contextmanager
def running(command: list[str], port: int, path: str, env: dict[str, str]) -> Iterator[Server]:
    """Start `command`, wait until `path` answers, stop it at the end."""
    process = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    server = Server(process.pid, port)
    try:
        for _ in range(1200):
            try:
                if server.ask("GET", path)[0] == 200:
                    server.started_cpu = cpu_seconds(process.pid)
                    break
            except OSError:
                time.sleep(0.05)
        else:
            raise RuntimeError(f"{command} does not answer")
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
