"""The programs of Node, each in a process of its own that is kept while it is measured."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.documents import samples

HERE = Path(__file__).parent / "peers"
DIALECT = {"docxtemplater": "braces", "easy-template-x": "braces", "carbone": "carbone"}


def missing() -> str:
    """Why the peers cannot join; nothing when they can. Fetches them when they are not there yet."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "Node is not installed"
    if not (HERE / "node_modules" / "docxtemplater").exists():
        done = subprocess.run(["npm", "ci", "--loglevel=error", "--ignore-scripts"], cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            return "npm ci: " + (done.stderr.strip().splitlines() or ["failed"])[-1]
    return ""


class Peer:
    """One of them, waiting for work."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.process = subprocess.Popen(["node", "make.mjs", name], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def make(self, case: str, count: int, out: Path | None = None) -> dict[str, float]:
        """So many documents of a case: `ms` of processor time for each, `peak` MB of the process so far."""
        kind, data, _count = samples.cases()[case]
        template = self._file(f"{kind}-{DIALECT[self.name]}.docx", lambda: samples.template(kind, DIALECT[self.name]))
        values = self._file(f"{case}.json", lambda: json.dumps(data).encode())
        task = {"template": str(template), "data": str(values), "count": count, "out": str(out) if out else None}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} gave up on {case}")
        return dict(json.loads(answer))

    def _file(self, name: str, make: Any) -> Path:
        path = self.folder / name
        if not path.exists():
            path.write_bytes(make())
        return path

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(20)


@contextmanager
def waiting(folder: Path, names: tuple[str, ...] = tuple(DIALECT)) -> Iterator[list[Peer]]:
    """These peers, ready."""
    with ExitStack() as stack:
        found = []
        for name in names:
            peer = Peer(name, folder)
            stack.callback(peer.end)
            found.append(peer)
        yield found
