"""The fixed words of the pages, by the short names under which the scripts know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.output.words import Words


def page_words(words: Words) -> dict[str, str]:
    """Say the labels of buttons, headings and tables in the reader's language."""
    return {
        "all": words.say("All"),
        "all_workers": words.say("All workers"),
        "at_a_glance": words.say("At a glance"),
        "base": words.say("base"),
        "break": words.say("break"),
        "left_out": words.say("Left out"),
        "lodging": words.say("lodging"),
        "nobody_left_out": words.say("Nobody is left out."),
        "partner": words.say("partner"),
        "promised": words.say("promised"),
        "signs": words.say("Signs"),
        "visit": words.say("visit"),
    }


def lock_words(words: Words) -> dict[str, str]:
    """Say what stands on a page before it is opened: nothing that tells whose it is."""
    return {
        "title": words.say("Visit map"),
    }
