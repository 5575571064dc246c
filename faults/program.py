"""The program as people run it, kept alive as the unit says. Nothing is cleaned up behind a killed master: a machine
without systemd does not do it either.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from faults import unit

PATIENCE = 60.0


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    """The processes that `pid` has started and that still run."""
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in path.read_text().split()]
        except OSError:
            continue
    return found


def runs(pid: int) -> bool:
    """Whether the process is there and no mere zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(true: Callable[[], object], what: str, patience: float = PATIENCE) -> float:
    """Ask until the answer is yes; how many seconds it took. TimeoutError says what did not happen."""
    started = time.monotonic()
    while not true():
        if time.monotonic() - started > patience:
            raise TimeoutError(f"{what}: not within {patience:.0f} s")
        time.sleep(0.02)
    return time.monotonic() - started


def health(port: int, timeout: float = 5) -> tuple[int, str]:
    """Status and text of /healthz; 0 when nobody answers."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        line.request("GET", "/healthz")
        answer = line.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        line.close()


class Program:
    """`python app.py` on a port of its own, started again by a thread that plays the unit."""

    def __init__(self, folder: Path, url: str = "", root: Path = unit.ROOT, **env: str) -> None:
        self.root, self.folder, self.port, self.unit = root, folder, int(env.pop("PORT", 0)) or free_port(), unit.read()
        self.env = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": url, "PORT": str(self.port), "HOST": "127.0.0.1",
                    "SECRET_KEY": "", "BASE_URL": "", "SMTP_URL": "", "LOCALE": "en", "LOG_LEVEL": "WARNING",
                    "PATH": os.environ.get("FAULTS_PATH", "/nowhere"), **env}  # no LibreOffice: it would only burn the CPU
        self.log = Path(tempfile.gettempdir()) / f"faults-{self.port}.log"  # never on a disk that a fault fills
        self.process: subprocess.Popen[bytes] | None = None
        self.starts, self.wanted = 0, False
        self._keeper: threading.Thread | None = None

    def start(self) -> "Program":
        """Start it and keep it; returns when it answers."""
        self.begin()
        self.wait()
        return self

    def begin(self) -> None:
        """Start it and keep it, whatever comes of it."""
        self.wanted = True
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _keep(self) -> None:
        while self.wanted:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen([sys.executable, *self.unit.command], cwd=self.root, env=self.env,
                                                stdout=log, stderr=log)
            self.starts += 1
            self.process.wait()
            if not self.unit.restart:
                return
            time.sleep(self.unit.pause if self.wanted else 0)

    @property
    def master(self) -> int:
        """The process that the unit started last."""
        assert self.process
        return self.process.pid

    def workers(self) -> list[int]:
        """The processes that answer."""
        return children(self.master)

    def health(self, timeout: float = 5) -> tuple[int, str]:
        """What it says of itself."""
        return health(self.port, timeout)

    def wait(self, patience: float = PATIENCE) -> float:
        """Until it answers that all is well; how many seconds that took."""
        return until(lambda: self.health()[0] == 200, f"an answer on port {self.port} ({self.log})", patience)

    def kill_worker(self, place: int = 0) -> int:
        """kill -9 of a process that answers; its id."""
        until(self.workers, "a worker")
        pids = self.workers()
        pid = pids[place % len(pids)]
        os.kill(pid, signal.SIGKILL)
        until(lambda: not runs(pid), "the end of the worker")
        return pid

    def kill_master(self) -> list[int]:
        """kill -9 of the master alone; the ids of the workers it leaves behind."""
        orphans, master = self.workers(), self.master
        os.kill(master, signal.SIGKILL)
        until(lambda: not runs(master) and self.process and self.process.pid != master, "another start")
        return orphans

    def stop(self) -> None:
        """End it as the unit would."""
        self.wanted = False
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        if self._keeper:
            self._keeper.join(10)

    def __enter__(self) -> "Program":
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        if error is None:
            self.log.unlink(missing_ok=True)


def command(folder: Path, url: str, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`flask --app app ...` on the same data."""
    return subprocess.run([sys.executable, "-m", "flask", "--app", "app", *words], cwd=unit.ROOT, text=True, check=False,
                          env={**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": url, "LOCALE": "en", **(env or {})},
                          capture_output=True, timeout=120)
