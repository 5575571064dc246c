"""What is installed is pinned with the hashes of its files, and is what the short lists ask for."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z0-9,]+\])?==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Package (normalised by PEP 503) -> version."""
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in PIN.findall((ROOT / name).read_text())}


@pytest.mark.parametrize("kind", ["requirements", "requirements-dev"])
def test_every_wish_is_pinned_as_it_asks(kind: str) -> None:
    locked = pins(f"{kind}.txt")
    assert {name: locked.get(name) for name in pins(f"{kind}.in")} == pins(f"{kind}.in"), "run make pins"


@pytest.mark.parametrize("kind", ["requirements", "requirements-dev"])
def test_every_pin_carries_hashes(kind: str) -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / f"{kind}.txt").read_text(), flags=re.MULTILINE)
    bare = [block.splitlines()[0] for block in blocks if PIN.match(block) and "--hash=sha256:" not in block]
    assert bare == []
    assert len(pins(f"{kind}.txt")) == len([block for block in blocks if PIN.match(block)])


def test_what_tests_it_stands_on_what_runs_it() -> None:
    run, test = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: test.get(name) for name in run} == run
