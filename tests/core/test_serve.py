"""The program as a person starts it: a port, a folder, a stop."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int) -> dict[str, str]:
    return {**os.environ, "DATA_DIR": str(folder), "PORT": str(port), "DATABASE_URL": "", "SECRET_KEY": "",
            "BASE_URL": "", "HOST": "127.0.0.1"}


@contextmanager
def running(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The program, and the lines it printed until its port was open."""
    process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment(folder, port),
                               stdout=subprocess.PIPE, text=True)
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "listens" in line:
            break
    try:
        yield process, lines
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def start_again(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment(folder, port), capture_output=True,
                          text=True, timeout=60, check=False)


def test_it_starts_prints_the_first_link_and_stops_cleanly(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as (process, lines):
        link = re.search(r"http://127\.0\.0\.1:\d+/setup/\S+", "".join(lines))
        assert link
        with urllib.request.urlopen(link[0], timeout=10) as page:
            assert page.status == 200
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as health:
            assert health.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_second_start_on_the_same_data_and_a_taken_port_are_refused_with_a_sentence(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "a", port):
        second = start_again(tmp_path / "a", free_port())
        assert (second.returncode, "already running" in second.stdout) == (1, True)
        taken = start_again(tmp_path / "b", port)
        assert (taken.returncode, f"Port {port}" in taken.stdout) == (1, True)
        assert "Traceback" not in second.stdout + second.stderr + taken.stdout + taken.stderr


def test_it_starts_again_on_the_same_data_after_a_stop(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port) as (_process, first):
        pass
    with running(tmp_path, port) as (_process, second):
        assert first[0] == second[0]
        assert first[1] != second[1]  # a fresh link; the old one has ended


def test_a_setting_that_cannot_be_used_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    result = subprocess.run([sys.executable, "app.py"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
                            env={**environment(tmp_path, 8000), "PORT": "many"})
    assert (result.returncode, result.stderr.startswith("PORT='many' cannot be used")) == (1, True)
