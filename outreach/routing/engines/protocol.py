"""What every engine offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from outreach.routing.engines.access import Access


class Engine(Protocol):
    """
    Shortest paths on the topology of one network, for any weights.

    What depends on the topology alone is done once, when the engine is made; a season or a
    closed road is a new weight.
    """

    @property
    def name(self) -> str:
        """What the engine is called in benchmarks and logs."""

    def shortest(
        self,
        weight: NDArray[np.int64],
        access: Access,
        *,
        sources: NDArray[np.int64] | None = None,
        targets: NDArray[np.int64] | None = None,
    ) -> NDArray[np.int64]:
        """
        Give the least weight from places to places over the nodes.

        Parameters
        ----------
        weight
            Of each edge, at least 1; `NO_WAY` where shut; shape (m,).
        access
            How n places hang on the nodes, costed by the same weights.
        sources, targets
            Rows of those from which and to which; each place once, by default all.

        Returns
        -------
        shortest
            Shape (sources, targets); `NO_WAY` or more where there is no path. Ways along a
            single edge (`Access.direct_cost`) are left to the caller.
        """
