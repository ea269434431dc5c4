"""`plan.json`, the one truth that every other output is drawn from: written, read, checked."""

from __future__ import annotations

import datetime as dt
import json
import logging
from importlib import resources
from typing import TYPE_CHECKING, Any, cast

from outreach.errors import LayerError, Message
from outreach.model import (
    Contact,
    DayRoute,
    Leg,
    Loss,
    NotDue,
    Pause,
    Plan,
    Price,
    Score,
    Stop,
    Totals,
)
from outreach.output.files import write_text_whole
from outreach.output.itinerary import date_of, moment, routes_of, seconds_at
from outreach.output.json_file import read_json
from outreach.output.judgement import score_json
from outreach.output.plan_faults import leg_faults, plan_faults
from outreach.output.revision_json import revision_document, revision_from_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from outreach.model import LossKind

SCHEMA_NAME = "outreach/plan/3"

logger = logging.getLogger(__name__)

Json = dict[str, Any]

_LOSSES: tuple[LossKind, ...] = ("unserved", "invalid", "unsnapped", "unreachable")
# 0.1 m on the ground, and a millimetre along it: finer than any map or watch.
_DEGREE_DECIMALS = 6
_METRE_DECIMALS = 3


def plan_schema() -> Json:
    """Give the JSON Schema (2020-12) of `plan.json`."""
    text = (resources.files("outreach.output") / "plan.schema.json").read_text(encoding="utf-8")
    schema: Json = json.loads(text)
    return schema


def write_plan(plan: Plan, path: Path) -> None:
    """
    Write a plan; equal plans give equal bytes.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    document = plan_document(plan)
    write_text_whole(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    logger.info(
        "wrote %d day routes and %d losses to %s", len(plan.day_routes), len(plan.losses), path.name
    )


def read_plan(path: Path, *, is_edited: bool = False) -> Plan:
    """
    Read a plan that `write_plan` wrote.

    Parameters
    ----------
    is_edited
        Whether a hand may have moved stops without their legs: such a plan can be audited and
        finished, but not drawn.

    Raises
    ------
    LayerError
        When the file is absent, is not JSON, is of another version, or breaks the schema; all
        breaks are named.
    """
    document = read_json(path, form=SCHEMA_NAME, command="outreach plan")
    problems = tuple(plan_faults(document, plan_schema()))
    if not problems and not is_edited:
        problems = tuple(leg_faults(cast("Json", document)))
    if problems:
        raise LayerError(
            "%(file)s is not a plan that this version reads; mend these places or make it anew"
            " with 'outreach plan':\n%(problems)s",
            file=str(path),
            problems="\n".join(problems),
        )
    return plan_from_document(cast("Json", document))


def plan_document(plan: Plan) -> Json:
    """Turn a plan into what `plan.json` holds, in an order of its own."""
    document: Json = {
        "schema": SCHEMA_NAME,
        "starts_at": plan.starts_at.isoformat(),
        "horizon_days": plan.horizon_days,
        "seed": plan.seed,
        "season": plan.season,
        "day_routes": [_route_document(plan, route) for route in routes_of(plan)],
        **{kind: [_loss_document(x) for x in _by_id(getattr(plan, kind))] for kind in _LOSSES},
        "not_due": [
            {"beneficiary_id": x.beneficiary_id, "due_on": x.due_on.isoformat()}
            for x in sorted(plan.not_due, key=lambda x: (x.beneficiary_id, x.due_on))
        ],
        "totals": {key: _totals_document(totals) for key, totals in sorted(plan.totals)},
        "notices": [_message_document(notice) for notice in plan.notices],
        "score": score_json(plan.score),
        "prices": [_price_document(price) for price in plan.prices],
        "contacts": [
            _contact_document(contact) for contact in sorted(plan.contacts, key=_by_place)
        ],
    }
    if plan.revision is not None:
        document["revision"] = revision_document(plan.revision, plan.starts_at)
    return document


def plan_from_document(document: Json) -> Plan:
    """Turn the content of a valid `plan.json` back into the plan."""
    starts_at = dt.datetime.fromisoformat(document["starts_at"])
    revision = document.get("revision")
    return Plan(
        starts_at=starts_at,
        horizon_days=document["horizon_days"],
        seed=document["seed"],
        season=document["season"],
        day_routes=tuple(_route(route, starts_at) for route in document["day_routes"]),
        unserved=tuple(_loss("unserved", x) for x in document["unserved"]),
        invalid=tuple(_loss("invalid", x) for x in document["invalid"]),
        unsnapped=tuple(_loss("unsnapped", x) for x in document["unsnapped"]),
        unreachable=tuple(_loss("unreachable", x) for x in document["unreachable"]),
        not_due=tuple(
            NotDue(beneficiary_id=x["beneficiary_id"], due_on=dt.date.fromisoformat(x["due_on"]))
            for x in document["not_due"]
        ),
        totals=tuple((key, _totals(totals)) for key, totals in document["totals"].items()),
        notices=tuple(_message(x) for x in document["notices"]),
        score=None if document["score"] is None else _score(document["score"]),
        prices=tuple(_price(x) for x in document["prices"]),
        contacts=tuple(Contact(**x) for x in document["contacts"]),
        revision=None if revision is None else revision_from_document(revision, starts_at),
    )


def _route_document(plan: Plan, route: DayRoute) -> Json:
    return {
        "team_id": route.team_id,
        "worker_ids": list(route.worker_ids),
        "circuit_id": route.circuit_id,
        "day": route.day,
        "date": date_of(plan, route.day).isoformat(),
        "starts_from": route.starts_from,
        "sleeps_at": route.sleeps_at,
        "stops": [_stop_document(stop, plan.starts_at) for stop in route.stops],
        "legs": [
            {
                "from_id": leg.from_id,
                "to_id": leg.to_id,
                "duration_s": leg.duration_s,
                "distance_m": _metres(leg.distance_m),
                "walk_m": _metres(leg.walk_m),
            }
            for leg in route.legs
        ],
        "pauses": [
            {
                "break_id": pause.break_id,
                "starts_at": moment(plan.starts_at, pause.starts_s).isoformat(),
                "ends_at": moment(plan.starts_at, pause.ends_s).isoformat(),
            }
            for pause in route.pauses
        ],
    }


def _stop_document(stop: Stop, starts_at: dt.datetime) -> Json:
    return {
        "kind": stop.kind,
        "place_id": stop.place_id,
        "visit_id": stop.visit_id,
        "beneficiary_id": stop.beneficiary_id,
        "category": stop.category,
        "area": stop.area,
        "label": stop.label,
        "is_pinned": stop.is_pinned,
        "contact": stop.contact,
        "lon": round(float(stop.lon), _DEGREE_DECIMALS),
        "lat": round(float(stop.lat), _DEGREE_DECIMALS),
        "arrives_at": moment(starts_at, stop.arrives_s).isoformat(),
        "starts_at": moment(starts_at, stop.starts_s).isoformat(),
        "departs_at": moment(starts_at, stop.departs_s).isoformat(),
    }


def _route(x: Json, starts_at: dt.datetime) -> DayRoute:
    return DayRoute(
        team_id=x["team_id"],
        worker_ids=tuple(x["worker_ids"]),
        circuit_id=x["circuit_id"],
        day=x["day"],
        starts_from=x["starts_from"],
        sleeps_at=x["sleeps_at"],
        stops=tuple(
            Stop(
                **{key: value for key, value in stop.items() if not key.endswith("_at")},
                arrives_s=seconds_at(starts_at, stop["arrives_at"]),
                starts_s=seconds_at(starts_at, stop["starts_at"]),
                departs_s=seconds_at(starts_at, stop["departs_at"]),
            )
            for stop in x["stops"]
        ),
        legs=tuple(Leg(**leg) for leg in x["legs"]),
        pauses=tuple(
            Pause(
                break_id=pause["break_id"],
                starts_s=seconds_at(starts_at, pause["starts_at"]),
                ends_s=seconds_at(starts_at, pause["ends_at"]),
            )
            for pause in x["pauses"]
        ),
    )


def _by_id(losses: Iterable[Loss]) -> list[Loss]:
    return sorted(losses, key=lambda x: (x.beneficiary_id, x.visit_id or "", x.reason))


def _loss_document(loss: Loss) -> Json:
    return {
        "visit_id": loss.visit_id,
        "beneficiary_id": loss.beneficiary_id,
        "reason": loss.reason,
        "detail": _message_document(loss.detail),
    }


def _loss(kind: LossKind, x: Json) -> Loss:
    return Loss(
        kind=kind,
        beneficiary_id=x["beneficiary_id"],
        visit_id=x["visit_id"],
        reason=x["reason"],
        detail=_message(x["detail"]),
    )


def _totals_document(totals: Totals) -> Json:
    return {
        "visits": totals.n_visits,
        "riding_s": totals.riding_s,
        "service_s": totals.service_s,
        "distance_m": _metres(totals.distance_m),
        "nights": totals.n_nights,
        "cost_idr": totals.cost_idr,
        "budget_idr": totals.budget_idr,
        "available_s": totals.available_s,
    }


def _totals(x: Json) -> Totals:
    return Totals(
        n_visits=x["visits"],
        riding_s=x["riding_s"],
        service_s=x["service_s"],
        distance_m=x["distance_m"],
        n_nights=x["nights"],
        cost_idr=x["cost_idr"],
        budget_idr=x["budget_idr"],
        available_s=x["available_s"],
    )


def _score(x: Json) -> Score:
    return Score(**{key: value for key, value in x.items() if key != "total_s"})


def _price_document(price: Price) -> Json:
    return {
        "of": price.of,
        "worker_id": price.worker_id,
        "day": price.day,
        "visit_ids": list(price.visit_ids),
        "beneficiary_ids": list(price.beneficiary_ids),
    }


def _price(x: Json) -> Price:
    return Price(
        of=x["of"],
        worker_id=x["worker_id"],
        day=x["day"],
        visit_ids=tuple(x["visit_ids"]),
        beneficiary_ids=tuple(x["beneficiary_ids"]),
    )


def _by_place(contact: Contact) -> tuple[str, str]:
    return contact.place_id, contact.kind


def _contact_document(contact: Contact) -> Json:
    return {
        "place_id": contact.place_id,
        "label": contact.label,
        "kind": contact.kind,
        "phone": contact.phone,
        "lon": round(float(contact.lon), _DEGREE_DECIMALS),
        "lat": round(float(contact.lat), _DEGREE_DECIMALS),
    }


def _message_document(message: Message) -> Json:
    return {"template": message.template, "values": dict(sorted(message.values.items()))}


def _message(x: Json) -> Message:
    return Message(x["template"], x["values"])


def _metres(distance_m: float) -> float:
    return round(float(distance_m), _METRE_DECIMALS)
