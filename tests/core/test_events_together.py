"""Facts of several people at once: how deep one is in its consequences says nothing of the others."""

import threading
from collections.abc import Iterator

import pytest

from crm.core import events
from crm.core.events import MAX_DEPTH, Event, Kind, subscribe

KIND = Kind("test.together", "")


@pytest.fixture
def alone() -> Iterator[None]:
    """Whatever is subscribed here is forgotten afterwards."""
    yield
    events._subscribers.by_kind.pop(KIND.code, None)


def test_many_threads_record_the_same_fact_at_once(alone: None) -> None:
    together, problems = threading.Barrier(MAX_DEPTH * 3), []

    def tell() -> None:
        try:
            events._tell(Event(kind=KIND.code))
        except (RuntimeError, threading.BrokenBarrierError) as error:
            together.abort()
            problems.append(error)

    subscribe(KIND, lambda _event: together.wait(10) and None)
    threads = [threading.Thread(target=tell) for _number in range(MAX_DEPTH * 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_fact_that_sets_off_itself_is_still_an_error(alone: None) -> None:
    subscribe(KIND, lambda event: events._tell(event))
    with pytest.raises(RuntimeError, match="sets off itself"):
        events._tell(Event(kind=KIND.code))
