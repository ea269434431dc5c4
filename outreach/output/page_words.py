"""The fixed words of the pages, by the short names under which the scripts know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.output.words import Words


def page_words(words: Words) -> dict[str, str]:
    """Say the labels of buttons, headings and tables in the reader's language."""
    return {
        "all": words.say("All"),
        "all_areas": words.say("all areas"),
        "all_days": words.say("All days"),
        "all_workers": words.say("All workers"),
        "area": words.say("Area"),
        "at_a_glance": words.say("At a glance"),
        "base": words.say("base"),
        "budget_used": words.say("budget used"),
        "category": words.say("Category"),
        "close": words.say("Close"),
        "confidential": words.say("CONFIDENTIAL – holds data about children"),
        "contacts": words.say("Contacts"),
        "day": words.say("Day"),
        "done": words.say("Done"),
        "find": words.say("Find"),
        "glance_note": words.say("number of visits; back at; ☾ sleeps away"),
        "kept_here": words.say(
            "Ticks and notes stay on this phone only, until you save them as a file and hand it in."
        ),
        "left_out": words.say("Left out"),
        "left_out_of_all": words.say("Left out, of all workers"),
        "list_size": words.say("Enlarge or shrink the list"),
        "load": words.say("load"),
        "load_note": words.say("load: riding and service, as a part of the working time"),
        "lodging": words.say("lodging"),
        "map_app_learns": words.say("The map app learns this place."),
        "minutes_ago": words.say("min ago"),
        "missed": words.say("Not met"),
        "my_position": words.say("My position"),
        "no_ground": words.say("this browser cannot show the roads around"),
        "no_visits": words.say("No visits are planned in these days."),
        "nobody_left_out": words.say("Nobody is left out."),
        "not_kept": words.say(
            "This browser keeps no ticks: save them as a file before you close the page."
        ),
        "note": words.say("Note"),
        "nothing_found": words.say("Nothing of that name here."),
        "number": words.say("No."),
        "open_in_maps": words.say("Open in the map app"),
        "open_page": words.say("Open the page of"),
        "other_way": words.say("second-best way"),
        "partner": words.say("partner"),
        "position_refused": words.say(
            "The phone does not let this page know its position. Allow it in the browser's"
            " settings."
        ),
        "position_unknown": words.say(
            "The position is not known yet. Go outdoors: the phone keeps looking."
        ),
        "prices": words.say("What a little more would bring"),
        "promised": words.say("promised"),
        "reason": words.say("reason"),
        "save_ticks": words.say("Save ticks and notes"),
        "score": words.say("How the plan is weighed"),
        "signs": words.say("Signs"),
        "sleeps_at": words.say("Night at:"),
        "soft_road": words.say("slow in rain"),
        "stops": words.say("Stops"),
        "sums": words.say("Sums"),
        "supervisor_knows": words.say("Your supervisor has the list with the reasons."),
        "ticks_kept": words.say("Ticks and notes"),
        "ticks_saved": words.say(
            "Saved among the downloads. The file is not locked: hand it in and delete it."
        ),
        "time": words.say("Time"),
        "to_next": words.say("To the next"),
        "visit": words.say("visit"),
        "visits": words.say("Visits"),
        "whole_view": words.say("Show all"),
        "who": words.say("Who"),
        "worker": words.say("worker"),
        "zoom_in": words.say("Nearer"),
        "zoom_out": words.say("Farther"),
    }


def change_words(words: Words) -> dict[str, str]:
    """Say what stands on the pages of a changed plan beside the rest."""
    return {
        "calls": words.say("Whom to phone, in this order"),
        "changes": words.say("Changes"),
        "closed": words.say("closed road"),
        "earlier": words.say("Told earlier"),
        "happened": words.say("What happened"),
        "nights_changed": words.say("Nights elsewhere"),
        "no_longer": words.say("not visited here any more"),
        "nothing": words.say("nothing"),
        "old_ticks": words.say(
            "Ticks and notes that you made on the page before are still there: save them from it"
            " before you delete it."
        ),
        "old_way": words.say("way before the change"),
        "visits_changed": words.say("Visits that are other now"),
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
