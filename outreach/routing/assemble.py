"""Turn the layers' tables and the matrix into a `Problem`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from outreach.errors import Message
from outreach.model import Contact, Loss
from outreach.routing.demand import teams_on_demand
from outreach.routing.problem import CostParams, Lodging, Place, Problem, Visit, Weights
from outreach.routing.requirements import booked, number, read_needs, text
from outreach.routing.specs import Arrangements
from outreach.routing.teams import form_teams

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import geopandas as gpd

    from outreach.layers.layer import Layer
    from outreach.routing.horizon import Horizon
    from outreach.routing.matrix import TravelMatrix
    from outreach.routing.pinned_visits import VisitPin
    from outreach.routing.problem import Requirement, Team
    from outreach.routing.requirements import Needs
    from outreach.routing.teams import Formed

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """
    A problem, and the beneficiaries whom no team can reach.

    `dormant` are requirements without visits: of those who need none in these days. `notices`
    tell what was arranged and cannot be planned as it stands.
    """

    problem: Problem
    unreachable: tuple[Loss, ...] = ()
    dormant: tuple[Requirement, ...] = ()
    notices: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The good rows of the layers whose places are in the matrix, sorted by id."""

    beneficiaries: gpd.GeoDataFrame
    workers: gpd.GeoDataFrame
    lodgings: gpd.GeoDataFrame | None = None
    partners: gpd.GeoDataFrame | None = None
    areas: gpd.GeoDataFrame | None = None

    @classmethod
    def of(cls, layers: Mapping[str, Layer]) -> Tables:
        """Take the rows of a project's layers, by their names; which of them exist is open."""
        return cls(
            beneficiaries=layers["beneficiaries"].rows,
            workers=layers["workers"].rows,
            **{
                name: layers[name].rows
                for name in ("lodgings", "partners", "areas")
                if name in layers
            },
        )


def build_problem(
    tables: Tables,
    matrix: TravelMatrix,
    *,
    horizon: Horizon,
    arranged: Arrangements | None = None,
    visit_pins: Iterable[VisitPin] = (),
    costs: CostParams | None = None,
    weights: Weights | None = None,
) -> Assembled:
    """
    Put together what a plan depends on.

    Parameters
    ----------
    visit_pins
        Those that `with_pins` will put in: teams are formed for them, too.

    Raises
    ------
    ConfigError
        When circuits, teams, breaks or bookings name what is not there, or overlap; all such
        faults at once.
    DuplicateIdError
        When two places share an id.
    """
    arranged = arranged or Arrangements()
    known = set(matrix.ids)
    lodgings, places = _lodgings(tables.lodgings, horizon), _places(tables)
    formed = form_teams(
        tables.workers,
        [v for k, v in sorted(lodgings.items()) if k in known],
        horizon,
        arranged,
        lodging_ids=lodgings,
        place_ids={p.id for p in places} - set(lodgings),
    )
    weights = weights or Weights()
    needs = read_needs(tables.beneficiaries, tables.partners, horizon, formed, weights)
    together = teams_on_demand(formed, (*needs.requirements, *_promised(needs, visit_pins)))
    teams = sorted((*formed.teams, *together), key=lambda t: t.id)
    problem = Problem(
        starts_at=horizon.starts_at,
        horizon_days=horizon.n_days,
        places=tuple(p for p in places if p.id in known),
        matrix=matrix,
        requirements=(),
        teams=tuple(t for t in teams if t.base_id in known),
        lodgings=formed.roster.lodgings,
        circuits=formed.circuits,
        costs=costs or CostParams(),
        weights=weights,
        budget_idr=_budgets(tables.workers, horizon),
        not_due=needs.not_due,
        contacts=_contacts(tables.partners, tables.lodgings),
    )
    # Of those, too, who do not work in these days: the roads are not to blame for that.
    bases = sorted(set(tables.workers["base_id"]) & known) if len(tables.workers) else []
    reachable, unreachable = [], []
    appointments = booked(arranged.bookings, horizon)
    for requirement in (*needs.requirements, *appointments):
        if requirement.place_id not in known:
            continue
        if _is_reachable(problem, bases, requirement):
            reachable.append(requirement)
        else:
            unreachable.append(
                Loss(
                    kind="unreachable",
                    beneficiary_id=requirement.id,
                    reason="no_way",
                    detail=Message(
                        "no way there and back from any base on the roads in this season"
                    ),
                )
            )
    return Assembled(
        problem=replace(problem, requirements=tuple(sorted(reachable, key=lambda r: r.id))),
        unreachable=tuple(unreachable),
        dormant=tuple(
            r for r in needs.dormant if r.place_id in known and _is_reachable(problem, bases, r)
        ),
        notices=(
            *formed.notices,
            *_idle(formed, teams),
            *(
                Message(
                    "%(booking)s: the appointment is not planned, no road lies near its place",
                    {"booking": requirement.id},
                )
                for requirement in appointments
                if requirement.place_id not in known
            ),
        ),
    )


def _promised(needs: Needs, pins: Iterable[VisitPin]) -> Iterator[Requirement]:
    """Give what is pinned as if it were required on that day, by whom the pin names."""
    by_id = {r.id: r for r in (*needs.dormant, *needs.requirements)}
    for pin in pins:
        if (need := by_id.get(pin.beneficiary_id)) is not None:
            yield replace(
                need,
                visits=(Visit(id=f"{need.id}/pin", days=(pin.day,)),),
                known_worker_id=pin.worker_id or need.known_worker_id,
                circuit_id=None,
            )


def _idle(formed: Formed, teams: Iterable[Team]) -> Iterator[Message]:
    working = {worker_id for team in teams for worker_id in team.worker_ids}
    idle = sorted(set(formed.roster.rows) - working)
    on_foot = [w for w in idle if formed.roster.rows[w].vehicle == "none"]
    if on_foot:
        yield Message(
            "%(workers)s: no vehicle, and nobody to ride along with",
            {"workers": ", ".join(on_foot)},
        )
    if off := [w for w in idle if w not in on_foot]:
        yield Message("%(workers)s: no working hours in these days", {"workers": ", ".join(off)})


def _is_reachable(problem: Problem, bases: Iterable[str], requirement: Requirement) -> bool:
    return any(
        problem.riding_s(base, requirement.place_id) is not None
        and problem.riding_s(requirement.place_id, base) is not None
        for base in bases
    )


def _places(tables: Tables) -> list[Place]:
    names = _area_names(tables.beneficiaries, tables.areas)
    partner_ids = set() if tables.partners is None else set(tables.partners["id"])
    places = [
        Place(
            id=r.id,
            lon=r.geometry.x,
            lat=r.geometry.y,
            category=r.category,
            area=names[r.id],
            contact=r.partner if r.partner in partner_ids else None,
        )
        for r in tables.beneficiaries.itertuples()
    ]
    bases = tables.workers.drop_duplicates("base_id") if len(tables.workers) else tables.workers
    places += [
        Place(id=r.base_id, lon=r.geometry.x, lat=r.geometry.y, label=text(r.base_label))
        for r in bases.itertuples()
    ]
    for frame in (tables.lodgings, tables.partners):
        if frame is not None:
            places += [
                Place(id=r.id, lon=r.geometry.x, lat=r.geometry.y, label=text(r.label))
                for r in frame.itertuples()
            ]
    return sorted(places, key=lambda p: p.id)


def _contacts(
    partners: gpd.GeoDataFrame | None, lodgings: gpd.GeoDataFrame | None
) -> tuple[Contact, ...]:
    """Give the partners and lodgings as those whom one can call, by id."""
    kinds: tuple[tuple[Literal["partner", "lodging"], gpd.GeoDataFrame | None], ...]
    kinds = (("partner", partners), ("lodging", lodgings))
    found = [
        Contact(
            place_id=r.id,
            label=text(r.label) or r.id,
            kind=kind,
            phone=text(r.phone),
            lon=r.geometry.x,
            lat=r.geometry.y,
        )
        for kind, frame in kinds
        if frame is not None
        for r in frame.itertuples()
    ]
    return tuple(sorted(found, key=lambda c: c.place_id))


def _area_names(
    beneficiaries: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None
) -> Mapping[str, str | None]:
    """Name each beneficiary's area: as the row has it, else the polygon around the place."""
    if areas is None or not len(areas) or not len(beneficiaries):
        return {r.id: text(r.area) for r in beneficiaries.itertuples()}
    name = dict(zip(areas["id"], areas["name"], strict=True))
    points = beneficiaries[["id", "geometry"]]
    polygons = areas[["name", "geometry"]].rename(columns={"name": "around"})
    around = points.sjoin(polygons, how="left").drop_duplicates("id").set_index("id")["around"]
    return {
        r.id: name.get(r.area, r.area) if text(r.area) else text(around[r.id])
        for r in beneficiaries.itertuples()
    }


def _lodgings(frame: gpd.GeoDataFrame | None, horizon: Horizon) -> dict[str, Lodging]:
    if frame is None:
        return {}
    return {
        r.id: Lodging(
            id=r.id,
            nights=horizon.days_on(r.nights),
            beds=int(r.beds),
            cost_idr=int(r.cost_idr),
        )
        for r in frame.itertuples()
    }


def _budgets(workers: gpd.GeoDataFrame, horizon: Horizon) -> dict[str, int]:
    """
    Give what each worker may spend in the horizon.

    Where it is known what is spent of the month already, the rest of the month shares what is
    left; else each day has its part of the monthly budget.
    """
    budgets = {}
    left = horizon.days_left_in_month
    n_days = min(horizon.n_days, left)
    for row in workers.itertuples():
        monthly, spent = number(row.monthly_budget_idr), number(row.spent_idr)
        if monthly is None:
            continue
        share = monthly * horizon.n_days / DAYS_PER_MONTH
        if spent is not None:
            share = max(0.0, monthly - spent) * n_days / left
            share += monthly * (horizon.n_days - n_days) / DAYS_PER_MONTH
        budgets[row.id] = round(share)
    return budgets
