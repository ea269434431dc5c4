"""The names under which phones keep ticks: equal for a plan, and not to be guessed without it."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from outreach.model import Plan, Stop

_DECIMALS = 6
_N_HEX = 16


class PageKeys:
    """
    Names the page of a worker, and the visits on it.

    Ids and dates are few, so a digest of them alone could be found by trying. These are keyed
    (HMAC, RFC 2104) by where all stops of the plan are, which who lacks the plan does not know;
    a place alone is in none of them. They are one for all drawings of a plan, and for plans that
    differ in order and times alone.
    """

    def __init__(self, plan: Plan, worker_id: str) -> None:
        places = {
            (stop.place_id, f"{stop.lon:.{_DECIMALS}f}", f"{stop.lat:.{_DECIMALS}f}")
            for route in plan.day_routes
            for stop in route.stops
        }
        told = [plan.starts_at.isoformat(), *map("\x1f".join, sorted(places))]
        self._secret = hashlib.sha256("\x1e".join(told).encode()).digest()
        self._worker_id = worker_id

    def page(self) -> str:
        """Name the page."""
        return self._digest("page")

    def tick(self, stop: Stop, date: dt.date) -> str:
        """Name a visit of a date."""
        return self._digest("tick", stop.visit_id or stop.place_id, date.isoformat())

    def _digest(self, *parts: str) -> str:
        told = "\x1f".join((self._worker_id, *parts)).encode()
        # The length keeps digests from meeting; what hides their meaning is the key.
        return hmac.digest(self._secret, told, "sha256").hex()[:_N_HEX]
