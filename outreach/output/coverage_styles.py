"""How QGIS draws the layers of `coverage.gpkg`: the present ticked, each worker more beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.coverage_cells import SEASONS
from outreach.output.coverage_metrics import GAP_STEPS
from outreach.output.qgis_style import Rule, filled, marked, quoted, ruled_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.model import Season
    from outreach.output.words import Words

# Of due visits, the part that is not made; the upper ends of classes.
_CLASS_ENDS = (*GAP_STEPS, 1.0)
# ColorBrewer's OrRd and Blues (Brewer 2003): each step is darker, in grey print too.
_GAP_COLOURS = ("#fee8c8", "#fdd49e", "#fdbb84", "#fc8d59", "#d7301f")
_NO_GAP_COLOUR, _WITHHELD_COLOUR = "#fff7ec", "#d9d9d9"
_REACH_COLOURS = ("#08519c", "#3182bd", "#6baed6", "#9ecae1", "#c6dbef")
_BORDER, _FAR_BORDER = "#6b6b6b", "#1b4040"
_PRESENT, _ADDED = "#1b4040", "#a86200"
_REACH_ALPHA = 130


def areas_style(numbers_added: Sequence[int], words: Words) -> str:
    """Fill each area by the part of its due visits that is not made."""
    return ruled_style(
        [
            Rule(
                label=_workers(n, words),
                filter=f'"n_added" = {n}',
                rules=_gap_rules(words),
                is_on=not n,
            )
            for n in numbers_added
        ],
        label_field="name",
    )


def _gap_rules(words: Words) -> list[Rule]:
    rules = [
        Rule(
            label=words.say("all due visits made"),
            filter='"share_not_made" = 0',
            symbol=filled(_NO_GAP_COLOUR, outline=_BORDER, width_mm=0.2),
        )
    ]
    start = 0.0
    for end, colour in zip(_CLASS_ENDS, _GAP_COLOURS, strict=True):
        rules.append(
            Rule(
                label=words.say(
                    "%(from)s to %(to)s of due visits not made",
                    **{"from": words.percent(start), "to": words.percent(end)},
                ),
                filter=f'"share_not_made" > {start} AND "share_not_made" <= {end}',
                symbol=filled(colour, outline=_BORDER, width_mm=0.2),
            )
        )
        start = end
    withheld = Rule(
        label=words.say("not told, or nothing due"),
        filter='"share_not_made" IS NULL',
        symbol=filled(_WITHHELD_COLOUR, outline=_BORDER, width_mm=0.2, line="dot"),
    )
    return [*rules, withheld]


def isochrones_style(
    numbers_added: Sequence[int],
    seasons: Sequence[Season],
    minutes: Sequence[int],
    words: Words,
    *,
    planned: Season,
) -> str:
    """Fill what is reached, the nearest darkest; `planned` is the season that is ticked."""
    bands = [
        Rule(
            label=words.say("within %(minutes)d minutes", minutes=most),
            filter=f'"minutes" = {most}',
            symbol=filled(
                _REACH_COLOURS[min(i, len(_REACH_COLOURS) - 1)],
                outline=_BORDER,
                width_mm=0.1,
                alpha=_REACH_ALPHA,
            ),
        )
        for i, most in enumerate(sorted(minutes))
    ]
    return ruled_style(
        [
            Rule(
                label=f"{words.say(SEASONS[season])}, {_workers(n, words)}",
                filter=f'"n_added" = {n} AND "season" = {quoted(season)}',
                rules=bands,
                is_on=not n and season == planned,
            )
            for n in numbers_added
            for season in seasons
        ]
    )


def sites_style(words: Words) -> str:
    """Mark where workers sit: squares at present, circles for those to add."""
    return ruled_style(
        [
            Rule(
                label=words.say("present base"),
                filter='"n_added" = 0',
                symbol=marked("square", _PRESENT, size_mm=4),
            ),
            Rule(
                label=words.say("place for a worker to add"),
                filter='"n_added" > 0',
                symbol=marked("circle", _ADDED, size_mm=4.5),
            ),
        ],
        label_field="label",
        are_points=True,
    )


def catchments_style(numbers_added: Sequence[int], words: Words) -> str:
    """Draw the borders between the catchments, over what else is shown."""
    return ruled_style(
        [
            Rule(
                label=_workers(n, words),
                filter=f'"n_added" = {n}',
                symbol=filled(None, outline=_FAR_BORDER, width_mm=0.8, line="dash"),
                is_on=not n,
            )
            for n in numbers_added
        ],
        label_field="site",
    )


def _workers(n_added: int, words: Words) -> str:
    if not n_added:
        return words.say("present workers")
    return words.plural("with %(n)s worker more", "with %(n)s workers more", n_added)
