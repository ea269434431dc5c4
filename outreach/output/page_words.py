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
        "changed": words.say("This file was changed or is damaged. Ask for it anew."),
        "elsewhere": words.say(
            "A locked page does not open here. Keep the file on the phone, and open it there in"
            " Chrome or Firefox."
        ),
        "hint": words.say("Type the words that you were told; capital letters do not matter."),
        "open": words.say("Open"),
        "opening": words.say("Opening …"),
        "prompt": words.say("Passphrase"),
        "show": words.say("Show what I type"),
        "title": words.say("Visit map"),
        "wrong": words.say("Wrong passphrase, or the file was changed. Look at each word again."),
    }
