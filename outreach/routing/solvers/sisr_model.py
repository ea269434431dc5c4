"""Periodic routing as plain arrays: what the search by string removals reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Model(NamedTuple):
    """
    Customers, the days on which they may be visited, and vehicles that run on one day each.

    Few arrays, most of them of records, since the compiler's time goes by their number; what
    the fields mean is told by `model_of`.
    """

    vehicles: Any
    nodes: Any
    customers: Any
    windows: Any
    rests: Any
    workers: Any
    lists: Ints
    day_from: Ints
    rides: Floats
    face: Floats
    on_day: Floats
    may: NDArray[np.bool_]
    near: NDArray[np.int32]
    beds: Ints


class State(NamedTuple):
    """
    A solution, with what makes the test of an insertion a matter of a few sums.

    Of vehicle v, `stops[v, 0]` is where it starts, its visits follow, then its end; `leg` is
    what the way to a stop costs. `clock[v, i, k].departs` is when it leaves stop i after k
    breaks, all done as early as possible; `latest` is when it must have arrived there at the
    latest, with k breaks behind it, for the rest to fit. `days[c, d]` is which vehicle makes
    which of the visits of customer c on day d; -1 is none. A customer's `price` is what it costs
    beside riding.
    """

    vehicles: Any
    stops: Any
    clock: Any
    customers: Any
    days: Any
    workers: Any
    beds: Ints
    total: Floats

    def visits(self, vehicle: int) -> list[int]:
        """List a vehicle's customers in order."""
        n: int = self.vehicles["length"][vehicle]
        return self.stops["node"][vehicle, 1 : n + 1].tolist()  # type: ignore[no-any-return]


class Scratch(NamedTuple):
    """Room for one iteration, so that none allocates; `counts` are touched, removed, first."""

    vehicles: Any
    queue: Any
    days: Any
    table: Any
    rests: Any
    counts: Ints
    random: NDArray[np.uint64]


_INT, _FLOAT, _FLAG = np.int64, np.float64, np.bool_
_RECORDS: dict[str, dict[str, type[np.generic]]] = {
    "vehicles": {
        "day": _INT,
        "home": _INT,
        "leaves": _FLOAT,
        "returns": _FLOAT,
        "most_riding": _FLOAT,
        "capacity": _FLOAT,
        "team": _INT,
        "alike": _INT,
        "cost_at": _INT,
        "back_at": _INT,
        "money_at": _INT,
        "rest_from": _INT,
        "rest_to": _INT,
        "next_day": _INT,
        "night_from": _INT,
        "night_to": _INT,
        "heads": _INT,
        "per_idr": _FLOAT,
        "meal": _FLOAT,
        "always_eats": _FLAG,
        "member_from": _INT,
        "member_to": _INT,
        "rival_from": _INT,
        "rival_to": _INT,
    },
    "nodes": {
        "service": _FLOAT,
        "demand": _FLOAT,
        "window_from": _INT,
        "window_to": _INT,
        "bed_of": _INT,
        "night_money": _FLOAT,
    },
    "customers": {
        "out": _FLOAT,
        "worth": _FLOAT,
        "group": _INT,
        "rank": _INT,
        "gap": _INT,
        "pattern_from": _INT,
        "pattern_to": _INT,
        "visit_from": _INT,
        "visit_to": _INT,
    },
    "windows": {"opens": _FLOAT, "closes": _FLOAT},
    "rests": {"opens": _FLOAT, "closes": _FLOAT, "length": _FLOAT},
    "workers": {"budget": _FLOAT, "unfair": _FLOAT},
}


def records(n: int | tuple[int, ...], **types: type[np.generic]) -> Any:
    """Make an array of records, all zero."""
    return np.zeros(n, np.dtype(list(types.items()), align=True))


def empty_state(model: Model, start: Ints | None = None, end: Ints | None = None) -> State:
    """
    Make a solution in which every visit is left out.

    Parameters
    ----------
    start, end
        Where each vehicle's day starts and ends; None: all at home. Their costs and times are
        those of `sisr_kernel.begin`.
    """
    n, n_days = model.may.shape
    n_vehicles, home = len(model.vehicles), model.vehicles["home"]
    shape = (n_vehicles, n + 2)
    sums = dict.fromkeys(("riding", "work", "cost", "money", "load"), _FLOAT)
    state = State(
        vehicles=records(n_vehicles, length=_INT, **sums),
        stops=records(shape, node=np.int32, leg=_FLOAT),
        clock=records((*shape, _n_states(model)), departs=_FLOAT, latest=_FLOAT),
        customers=records(n, price=_FLOAT, is_out=_FLAG),
        days=records((n, n_days), vehicle=np.int32, visit=np.int32),
        workers=records(len(model.workers), spent=_FLOAT, worked=_FLOAT),
        beds=model.beds.copy(),
        total=np.array([model.customers["out"].sum()]),
    )
    state.stops["node"][:, 0] = home if start is None else start
    state.stops["node"][:, 1] = home if end is None else end
    state.customers["price"] = model.customers["out"]
    state.customers["is_out"] = True
    state.days["vehicle"] = state.days["visit"] = -1
    for vehicle, node in zip(model.vehicles, state.stops["node"][:, 1], strict=True):
        if node != vehicle["home"]:
            state.beds[model.nodes["bed_of"][node], vehicle["day"]] -= vehicle["heads"]
    return state


def copy_of(state: State) -> State:
    """Give a state of its own that is alike."""
    return State._make(array.copy() for array in state)


def with_visits(model: Model, state: State, visits: Sequence[Sequence[tuple[int, int]]]) -> State:
    """
    Give a state in which vehicles make visits.

    Parameters
    ----------
    state
        One without visits. Costs and times are those of `sisr_kernel.begin`.
    visits
        By vehicle: customers in order, and which of its visits each is.
    """
    filled = copy_of(state)
    n_days = model.may.shape[1]
    for v, made in enumerate(visits):
        end = filled.stops["node"][v, 1]
        filled.stops["node"][v, 1 : len(made) + 1] = [c for c, _ in made]
        filled.stops["node"][v, len(made) + 1] = end
        filled.vehicles["length"][v] = len(made)
        day, team = model.vehicles["day"][v], model.vehicles["team"][v]
        for c, k in made:
            row = model.customers["visit_from"][c] + k
            filled.days[c, day] = (v, k)
            filled.customers["is_out"][c] = False
            filled.customers["price"][c] += (
                model.on_day[row, day] - model.on_day[row, n_days] + model.face[c, team]
            )
    filled.total[0] = filled.customers["price"].sum()
    return filled


def _n_states(model: Model) -> int:
    """Count the numbers of breaks that one may have behind one."""
    most = (model.vehicles["rest_to"] - model.vehicles["rest_from"]).max(initial=0)
    return int(most) + 1


def scratch(model: Model, seed: tuple[int, ...]) -> Scratch:
    """Make the room that one run of the search works in."""
    n, n_days = model.may.shape
    visits = model.customers["visit_to"] - model.customers["visit_from"]
    return Scratch(
        vehicles=records(len(model.vehicles), touched=_INT, is_touched=_FLAG, is_ruined=_FLAG),
        queue=records(n, removed=_INT, key=_FLOAT),
        days=records(n_days, best=_FLOAT, vehicle=_INT, position=_INT, chosen=_INT),
        table=records((int(visits.max(initial=0)) + 1, n_days + 1), cost=_FLOAT, came_from=_INT),
        rests=records(_n_states(model), arrives=_FLOAT, leaves=_FLOAT),
        counts=np.zeros(3, np.int64),
        random=np.random.SeedSequence(seed).generate_state(1, np.uint64).astype(np.uint64),
    )


def neighbours(cost: Floats, n: int) -> NDArray[np.int32]:
    """List for each of the first `n` nodes the others by the way there and back, nearest first."""
    around = cost[:n, :n] + cost[:n, :n].T
    np.fill_diagonal(around, -1.0)
    return np.argsort(around, axis=1, kind="stable")[:, 1:].astype(np.int32)


def model_of(
    time: Floats,
    *,
    n_customers: int,
    n_days: int,
    out: Floats,
    day: Ints,
    home: Ints,
    cost: Floats | None = None,
    money: Floats | None = None,
    kind: Ints | None = None,
    windows: Sequence[Sequence[tuple[float, float]]] | None = None,
    rests: Sequence[Sequence[tuple[float, float, float]]] | None = None,
    nights: Sequence[Sequence[int]] | None = None,
    members: Sequence[Sequence[int]] | None = None,
    rivals: Sequence[Sequence[int]] | None = None,
    patterns: Sequence[Sequence[int]] | None = None,
    n_visits: Sequence[int] | None = None,
    on_day: Floats | None = None,
    face: Floats | None = None,
    may: NDArray[np.bool_] | None = None,
    beds: Ints | None = None,
    budget: Floats | None = None,
    unfair: Floats | None = None,
    **given: NDArray[np.generic],
) -> Model:
    """
    Make a model; what is not given does not bind.

    Nodes are the customers, then the places where vehicles start and end. Times count from each
    day's midnight.

    Parameters
    ----------
    time
        Riding from node to node, inf where there is no way; shape (nodes, nodes).
    out
        By customer: what leaving all its visits out costs.
    day, home
        By vehicle, sorted by day; `home` is the node where it is unless its `nights` say
        otherwise.
    cost, money, kind
        What a ride costs, and what each worker pays for it; shape (kinds, nodes, nodes). Which
        kind a vehicle is. By default costs are times, and nobody pays.
    windows
        By customer: when service may begin, ascending.
    rests
        By vehicle: its breaks in order, when each may begin and how long it lasts.
    nights, members, rivals
        By vehicle: nodes where its day may end if not at home only, its workers, and the
        vehicles of its day that share a worker with it.
    patterns
        By customer: bit masks of the days that serve it together.
    n_visits, on_day
        For a customer without patterns: how many visits it has; visit × day what it costs then
        (inf: not allowed), the last column what leaving it out costs.
    face
        Customer × team: what a visit by that team costs on top of the riding, inf: may not.
    may
        Customer × day: whether any visit may be made then.
    beds
        Lodging × day: beds that are free.
    budget, unfair
        By worker: what may be spent, and what the square of the seconds worked costs.
    given
        By vehicle `leaves`, `returns`, `most_riding`, `capacity`, `team`, `alike` (of several
        empty vehicles that are alike only one is tried), `next_day` (the same team's vehicle of
        the day after, -1: none), `heads`, `per_idr` (what it costs that each of its workers pays
        a Rupiah), `meal`, `always_eats` (also at home). By node `service`, `demand`, `bed_of`
        (its row in `beds`, -1: none), `night_money`. By customer `worth` (the most is put back
        first), `group`, `rank` (of one group lower ranks come first within a day), `gap` (least
        days between visits).
    """
    n, n_nodes, n_vehicles = n_customers, len(time), len(day)
    cost = time[None] if cost is None else cost
    money = np.zeros_like(cost) if money is None else money
    n_kinds = len(cost)
    kind = np.zeros(n_vehicles, np.int64) if kind is None else kind
    workers = np.zeros(0) if budget is None else budget
    lists: list[int] = []
    records_of = {
        "vehicles": _table(
            "vehicles",
            n_vehicles,
            {
                "day": day,
                "home": home,
                "leaves": 0.0,
                "returns": np.inf,
                "most_riding": np.inf,
                "capacity": np.inf,
                "alike": np.arange(n_vehicles),
                "cost_at": 1 + kind,
                "back_at": 1 + n_kinds + kind,
                "money_at": 1 + 2 * n_kinds + kind,
                "next_day": -1,
                "heads": 1,
                **_spans("night", nights, n_vehicles, lists),
                **_spans("member", members, n_vehicles, lists),
                **_spans("rival", rivals, n_vehicles, lists),
                **_spans("rest", rests, n_vehicles, []),
            },
            given,
        ),
        "nodes": _table(
            "nodes", n_nodes, {"bed_of": -1, **_spans("window", windows, n_nodes, [])}, given
        ),
        "customers": _table(
            "customers",
            n,
            {
                "out": out,
                "worth": out,
                "group": -1,
                "gap": 1,
                **_spans("pattern", patterns, n, lists),
                **_spans("visit", [range(k) for k in n_visits or ()] or None, n, []),
            },
            given,
        ),
        "windows": _flat("windows", windows or [[(-np.inf, np.inf)]] * n),
        "rests": _flat("rests", rests or ()),
        "workers": _table(
            "workers",
            len(workers),
            {"budget": workers, "unfair": 0.0 if unfair is None else unfair},
            {},
        ),
    }
    if windows is None:
        records_of["nodes"]["window_from"][:n] = np.arange(n)
        records_of["nodes"]["window_to"][:n] = np.arange(n) + 1
    return Model(
        **records_of,
        lists=np.array(lists, np.int64),
        day_from=np.searchsorted(day, np.arange(n_days + 1)),
        rides=np.concatenate([time[None], cost, cost.transpose(0, 2, 1), money]),
        face=_array(face, np.zeros((n, 1))),
        on_day=_array(on_day, np.zeros((0, n_days + 1))),
        may=_array(may, np.ones((n, n_days), np.bool_)),
        near=neighbours(time, n),
        beds=_array(beds, np.zeros((0, n_days), np.int64)),
    )


def _array(given: NDArray[Any] | None, otherwise: NDArray[Any]) -> NDArray[Any]:
    """Give a copy in one piece and of one type, so that all models are compiled for once."""
    return np.array(otherwise if given is None else given, otherwise.dtype, order="C")


def _table(name: str, n: int, fields: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    table = records(n, **_RECORDS[name])
    for field in _RECORDS[name]:
        table[field] = given.get(field, fields.get(field, 0))
    return table


def _flat(name: str, lists: Sequence[Sequence[tuple[float, ...]]]) -> Any:
    rows = [row for own in lists for row in own]
    table = records(len(rows), **_RECORDS[name])
    for i, field in enumerate(_RECORDS[name]):
        table[field] = [row[i] for row in rows]
    return table


def _spans(
    name: str, lists: Sequence[Sequence[Any]] | None, n: int, onto: list[Any]
) -> dict[str, Any]:
    """Put lists one after the other, and tell where each begins and ends."""
    begins, ends = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for i, own in enumerate(lists or ()):
        begins[i] = len(onto)
        onto.extend(own)
        ends[i] = len(onto)
    return {f"{name}_from": begins, f"{name}_to": ends}
