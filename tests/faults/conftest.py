"""The small form of `make faults`: the same faults, fewer times. TEST_DB chooses the database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.company import Company, company
from faults.postgres import Cluster
from tests.conftest import KIND


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster | None]:
    """A PostgreSQL that syncs, for all faults that leave the server itself alone."""
    if KIND != "postgres":
        yield None
        return
    try:
        made = Cluster.start()
    except LookupError as error:
        pytest.skip(f"faults need the system's own PostgreSQL: {error}")
    yield made
    made.stop()


@pytest.fixture
def made(cluster: Cluster | None, tmp_path: Path) -> Iterator[Company]:
    """A company of five people on a fresh database with full sync."""
    with company(KIND, tmp_path / "data", cluster) as one:
        yield one
