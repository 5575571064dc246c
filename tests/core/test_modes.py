"""What the program keeps is nobody else's on the machine: folders 0700, files 0600, whatever the account was set to."""

import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.core.test_serve import ROOT, environment, free_port, running


def open_to_others(folder: Path) -> list[str]:
    return [f"{path.stat().st_mode & 0o777:o} {path.relative_to(folder)}" for path in (folder, *folder.rglob("*"))
            if path.stat().st_mode & 0o077]


def test_the_data_of_the_started_program_are_its_own(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    with running(folder, port), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as health:
        assert health.status == 200
        assert {path.name for path in folder.iterdir()} >= {"voronka.sqlite3", "voronka.sqlite3-wal", "voronka.sqlite3-shm"}
        assert open_to_others(folder) == []


def test_a_folder_of_an_older_version_is_closed_at_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    base = folder / "voronka.sqlite3"
    base.touch(mode=0o644)
    with running(folder, free_port()):
        assert open_to_others(folder) == []


def test_a_command_leaves_nothing_open_either(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = subprocess.run([sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"], cwd=ROOT, capture_output=True, text=True,
                          env=environment(folder, 8000), timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert open_to_others(folder) == []
