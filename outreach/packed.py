"""Which plan each worker's pack was made of, so that only those that are other are made again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from outreach.output.itinerary import routes_of, worker_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from outreach.model import Plan

PACKED_FILE = "packed.json"
_FORM = "outreach/packed/1"


class Packed:
    """
    Remembers a digest of the days that each pack tells.

    Parameters
    ----------
    path
        The file in which it does; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digests = _read(self._path)

    def others(self, plan: Plan) -> tuple[str, ...]:
        """Give the workers of a plan who have no pack, or one of other days."""
        return tuple(
            worker_id
            for worker_id in worker_ids(plan)
            if self._digests.get(worker_id) != _digest(plan, worker_id)
        )

    def held(self, plans: Iterable[Plan], workers: Collection[str]) -> Mapping[str, Plan]:
        """
        Find the plan of which workers have the pack.

        Parameters
        ----------
        plans
            Where to look, the latest first.

        Returns
        -------
        held
            By worker; those are absent of whose pack the plan is not among these.
        """
        found: dict[str, Plan] = {}
        for plan in plans:
            for worker_id in workers:
                if self._digests.get(worker_id) == _digest(plan, worker_id):
                    found.setdefault(worker_id, plan)
        return found

    def remember(self, plan: Plan, workers: Iterable[str]) -> None:
        """Keep that these have the packs of a plan; who is not in it is forgotten."""
        from outreach.output.files import write_text_whole

        known = set(worker_ids(plan))
        made = {worker_id: _digest(plan, worker_id) for worker_id in workers}
        self._digests = {k: v for k, v in (self._digests | made).items() if k in known}
        text = json.dumps({"form": _FORM, "packs": dict(sorted(self._digests.items()))}, indent=1)
        write_text_whole(self._path, f"{text}\n")


def _read(path: Path) -> dict[str, str]:
    """Read what was remembered; a file that is none of ours is as good as none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["form"] != _FORM:
            return {}
        return {str(key): str(value) for key, value in document["packs"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _digest(plan: Plan, worker_id: str) -> str:
    """Give a digest of a worker's days: all that is ridden and done, and who may be called."""
    days = [asdict(route) for route in routes_of(plan, worker_id)]
    seen = {stop["place_id"] for day in days for stop in day["stops"]}
    seen |= {stop["contact"] for day in days for stop in day["stops"]}
    contacts = [asdict(contact) for contact in plan.contacts if contact.place_id in seen]
    told = json.dumps([plan.starts_at.isoformat(), days, contacts], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
