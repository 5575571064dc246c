"""Places, gaps and medians."""

import datetime as dt
import statistics
from collections import Counter

import pytest
from flask import Flask

from crm.core import dates
from crm.scoreboard.places import ordinal, standings
from crm.scoreboard.queries import Figures, Race, median

MARCH = dates.period("month", dt.date(2026, 3, 1))


def race(now: dict[str, int], before: dict[str, int] | None = None, field: str = "revenue") -> Race:
    """Managers by name with one figure; equal names are the same person."""
    def rows(values: dict[str, int]) -> list[Figures]:
        return [Figures(sum(map(ord, name)), name, **{field: value}) for name, value in values.items()]
    return Race(MARCH, rows(now), rows(before or {}))


def test_equal_values_share_a_place_and_the_next_place_counts_them_all() -> None:
    found = standings(race({"C": 5, "B": 9, "A": 9, "D": 1}))
    assert [(one.place, one.figures.name) for one in found] == [(1, "A"), (1, "B"), (3, "C"), (4, "D")]


def test_the_change_of_place_is_against_the_period_before() -> None:
    found = standings(race({"A": 3, "B": 2, "C": 1}, {"A": 1, "B": 3, "D": 9}))
    assert [(one.figures.name, one.climbed) for one in found] == [("A", 2), ("B", 0), ("C", None)]


def test_the_gap_is_to_the_next_better_value_and_its_place() -> None:
    found = standings(race({"A": 9, "B": 9, "C": 6, "D": 6, "E": 1}))
    assert [(one.gap, one.gap_place) for one in found] == [
        (None, None), (None, None), (3, 1), (3, 1), (5, 3)]


def test_fewer_days_are_better_and_who_has_none_comes_last() -> None:
    rows = [Figures(1, "Slow", median=30.0), Figures(2, "Quick", median=4.0), Figures(3, "Nothing")]
    found = standings(Race(MARCH, rows, []), "cycle")
    assert [(one.place, one.figures.name, one.gap) for one in found] == [
        (1, "Quick", None), (2, "Slow", 26.0), (3, "Nothing", None)]


def test_the_plan_is_a_share_and_without_a_plan_there_is_none() -> None:
    rows = [Figures(1, "Half", revenue=50, plan=100), Figures(2, "All", revenue=20, plan=10),
            Figures(3, "None")]
    found = standings(Race(MARCH, rows, []), "plan")
    assert [(one.figures.name, one.value) for one in found] == [("All", 2.0), ("Half", 0.5), ("None", None)]


def test_bars_are_measured_by_the_leader() -> None:
    assert [one.bar for one in standings(race({"A": 8, "B": 2, "C": 0}))] == [1.0, 0.25, 0.0]
    assert [one.bar for one in standings(race({"A": 0, "B": 0}))] == [0.0, 0.0]


@pytest.mark.parametrize("numbers", [
    [4], [1, 2], [3, 1, 2], [5, 5, 1, 9], [0, 0, 8, 8, 9], [7] * 6 + [2] * 6,
])
def test_the_median_is_that_of_the_library(numbers: list[int]) -> None:
    assert median(Counter(numbers)) == statistics.median(numbers)


def test_the_median_of_nothing_is_undefined() -> None:
    assert median({}) is None


def test_places_are_spoken_as_english_does(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 102, 113)] == [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "113th"]
