"""kill -9 under load: twenty times here, a thousand times by `make faults KILLS=1000`."""

import pytest

from faults import kills
from faults.company import Company

pytestmark = pytest.mark.faults


def test_after_every_kill_the_books_balance_and_the_program_is_back(made: Company) -> None:
    row = kills.kill(made, 20, check_every=5)
    assert row.times == 20
    assert row.faults == []
    assert row.acknowledged > 0
