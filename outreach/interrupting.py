"""What interrupts the weeks of a project, with the floods that may come on its roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.drawing import cache_dir_of

if TYPE_CHECKING:
    from outreach.config import Config
    from outreach.coverage.interruptions import InterruptionParams, Interruptions
    from outreach.routing.matrix import TravelMatrix
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped

N_FLOODS = 4
"""So many are drawn; each week with a flood has one of them."""


def interruptions_of(
    config: Config, params: InterruptionParams, network: RoadNetwork, snapped: Snapped
) -> Interruptions:
    """
    Put together what interrupts the weeks.

    Parameters
    ----------
    params
        How often what happens.
    network, snapped
        The roads, and the positions of all places on them.
    """
    from outreach.coverage.floods import flooded
    from outreach.coverage.interruptions import Interruptions
    from outreach.coverage.luck import Luck
    from outreach.routing.matrix import default_engine, travel_matrix

    floods: tuple[TravelMatrix, ...] = ()
    if params.flood_share and params.flooded_tracks_share:
        luck = Luck(params=params, seed=config.plan.seed)
        engine = default_engine(network, cache_dir=cache_dir_of(config))
        floods = tuple(
            travel_matrix(
                snapped,
                flooded(network, share=params.flooded_tracks_share, lot=luck.lot("water", n)),
                season="wet",
                engine=engine,
            )
            for n in range(N_FLOODS)
        )
    return Interruptions(
        params=params,
        first_contact_days={
            name: preset.first_contact_days for name, preset in config.presets.items()
        },
        floods=floods,
    )
