"""What of the accounts may stand in a report: of rows that cannot be used not what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outreach.coverage.accounts_result import Accounts, Overdue, ReasonRow

_UNSAID = Message("the row cannot be used; outreach check tells what is wrong with it")
_REASON = "unusable-row"


def without_places(accounts: Accounts) -> Accounts:
    """
    Leave out what is said of invalid rows: it may be where somebody lives, or nearly.

    Their reasons become one; each of these people has one row, so the numbers add up.
    """
    return replace(
        accounts,
        reasons=tuple(_reasons(accounts.reasons)),
        overdue=tuple(_overdue(one) for one in accounts.overdue),
    )


def _reasons(rows: Iterable[ReasonRow]) -> Iterable[ReasonRow]:
    rows = tuple(rows)
    invalid = [row for row in rows if row.kind == "invalid"]
    yield from (row for row in rows if row.kind != "invalid")
    if invalid:
        yield replace(
            invalid[0],
            reason=_REASON,
            detail=_UNSAID,
            is_example=False,
            n_visits=sum(row.n_visits for row in invalid),
            n_people=sum(row.n_people for row in invalid),
        )


def _overdue(one: Overdue) -> Overdue:
    return replace(one, detail=_UNSAID) if one.why == "unusable" and one.detail else one
