"""Fingers, through the DevTools protocol: page.mouse makes no touch events, not even on a phone's profile."""

from playwright.sync_api import Locator, Page

Point = tuple[float, float]


class Touch:
    """One finger on a page."""

    def __init__(self, page: Page) -> None:
        self.page, self._here = page, (0.0, 0.0)
        self._session = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: Point) -> None:
        self._session.send("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": x, "y": y, "id": 1} for x, y in points]})

    def stroke(self, start: Point, *stops: Point, hold: int = 0, rest: int = 0) -> None:
        """Down at `start`, wait `hold` ms, slide from stop to stop resting `rest` ms at each, up."""
        self.down(start)
        self.page.wait_for_timeout(hold)
        for stop in stops:
            self.slide(stop)
            self.page.wait_for_timeout(rest)
        self.up()

    def down(self, place: Point) -> None:
        """The finger touches the page."""
        self._here = place
        self._send("touchStart", place)

    def slide(self, stop: Point) -> None:
        """Without leaving the page, in a dozen steps."""
        (x, y), self._here = self._here, stop
        for step in range(1, 13):
            self._send("touchMove", (x + (stop[0] - x) * step / 12, y + (stop[1] - y) * step / 12))
            self.page.wait_for_timeout(16)

    def up(self) -> None:
        """The finger leaves the page."""
        self._send("touchEnd")

    def swipe(self, start: Point, end: Point) -> None:
        """A quick stroke, and the time in which the page comes to rest."""
        self.stroke(start, end)
        self.page.wait_for_timeout(500)


def middle(place: Locator) -> Point:
    """The centre of an element on the screen."""
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
