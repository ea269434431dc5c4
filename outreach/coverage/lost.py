"""Who is left out by what the weeks show, and why; see `outreach.model.Loss`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.errors import Message
from outreach.model import Loss

if TYPE_CHECKING:
    from outreach.coverage.study import Study


def unreachable(study: Study) -> tuple[Loss, ...]:
    """Name those near a road to whom no way leads from any present base, by id."""
    found, on_road = study.reach(0), study.setting.matrix.row
    return tuple(
        Loss(
            kind="unreachable",
            beneficiary_id=found.ids[row],
            reason="no_way",
            detail=Message("no way there and back from any base on the roads in this season"),
        )
        for row in np.flatnonzero(~np.isfinite(found.nearest_s)).tolist()
        if found.ids[row] in on_road
    )


def unserved(study: Study) -> tuple[Loss, ...]:
    """Name those of whom something due stays open at the end with the present workers."""
    weeks, can_go = study.present, np.isfinite(study.reach(0).nearest_s)
    losses = []
    # To whom no way leads is *unsnapped* or *unreachable*.
    for row in np.flatnonzero(weeks.is_open & can_go).tolist():
        values = {
            "made": int(weeks.delivered[row]),
            "required": int(weeks.required[row]),
            "weeks": study.params.weeks,
            "workers": weeks.n_workers,
        }
        if weeks.is_hopeless[row]:
            reason, detail = (
                "nobody_can",
                Message(
                    "%(made)d of %(required)d visits in %(weeks)d weeks; more workers alone would"
                    " not help: the circuit is full, the skill is missing, or nobody works when the"
                    " door is open",
                    values,
                ),
            )
        else:
            reason, detail = (
                "no_time",
                Message(
                    "%(made)d of %(required)d visits in %(weeks)d weeks; the %(workers)d workers"
                    " have no time for more",
                    values,
                ),
            )
        losses.append(
            Loss(
                kind="unserved",
                beneficiary_id=study.need.ids[row],
                reason=reason,
                detail=detail,
            )
        )
    return tuple(losses)
