"""The reader's language."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from outreach.errors import Message
from outreach.output.words import Words
from tests.output.templates import catalogue, templates

INDONESIAN, ENGLISH = Words("id"), Words("en")
PLACE = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?([a-zA-Z])")


def test_every_sentence_has_a_translation() -> None:
    """Each template that the source says is in the Indonesian catalogue."""
    said = catalogue()
    missing = {text: file for text, file in templates().items() if not said.get(text)}
    assert not missing


def test_the_catalogue_holds_nothing_else() -> None:
    """No translation outlives its sentence."""
    assert not set(catalogue()) - set(templates())


@pytest.mark.parametrize("template", sorted(catalogue()))
def test_a_translation_has_the_same_places(template: str) -> None:
    """Each value goes into the translation as it goes into the sentence."""
    assert set(PLACE.findall(catalogue()[template])) == set(PLACE.findall(template))


def test_a_message_is_said_in_indonesian() -> None:
    """The values go into the translated sentence, a date written out."""
    message = Message(
        "%(team)s would need %(minutes)d more minutes on %(date)s",
        {"team": "KOTA", "minutes": 25, "date": "2026-03-02"},
    )
    assert INDONESIAN.say(message) == "KOTA perlu 25 menit lagi pada Senin, 2 Maret 2026"


def test_every_date_of_a_sentence_is_written_out() -> None:
    """Several in one value too; what only looks like a date stays."""
    message = Message(
        "%(dates)s, %(night)s, %(id)s",
        {"dates": "2026-03-02, 2026-03-03", "night": "2026-02-30", "id": "2026-03-02"},
    )
    assert ENGLISH.say(message) == (
        "Monday, 2 March 2026, Tuesday, 3 March 2026, 2026-02-30, 2026-03-02"
    )


@pytest.mark.parametrize(("clock", "said"), [("09:05", "09.05"), ("soon", "soon")])
def test_a_clock_time_in_a_sentence_is_written_as_on_the_clock(clock: str, said: str) -> None:
    """Indonesian has a point; what is no time stays."""
    assert INDONESIAN.say(Message("at %(clock)s", {"clock": clock})) == f"at {said}"


def test_money_in_a_sentence_is_written_as_money() -> None:
    """The thousands are marked as the language does."""
    message = Message("Rp %(rupiah)d for %(n)d", {"rupiah": 1_250_000, "n": 1_250_000})
    assert ENGLISH.say(message) == "Rp 1,250,000 for 1250000"
    assert INDONESIAN.say(message) == "Rp 1.250.000 for 1250000"


def test_an_unknown_sentence_stays_english() -> None:
    """A sentence that the catalogue lacks still reaches its reader."""
    assert INDONESIAN.say(Message("%(n)d owls", {"n": 3})) == "3 owls"


@pytest.mark.parametrize("template", ["%(lost)d owls", "%d", "100 %", "%(n)d and %q"])
@pytest.mark.parametrize("words", [INDONESIAN, ENGLISH])
def test_a_sentence_that_does_not_fit_its_values_is_said_as_it_stands(
    words: Words, template: str
) -> None:
    """A plan edited by hand may hold any sentence; it is told, and stops nothing."""
    assert words.say(Message(template, {"n": 3})) == template


def test_a_percent_sign_in_a_value_is_text() -> None:
    """Only the template is a template."""
    assert ENGLISH.say("%(file)s: %(faults)s", file="100%d", faults="%(x)s") == "100%d: %(x)s"


@pytest.mark.parametrize(
    ("n", "indonesian", "english"),
    [(0, "0 kunjungan", "0 visits"), (1, "1 kunjungan", "1 visit"), (2, "2 kunjungan", "2 visits")],
)
def test_numbers_of_things_are_said_rightly(n: int, indonesian: str, english: str) -> None:
    """English knows one and many, Indonesian does not."""
    assert INDONESIAN.plural("%(n)s visit", "%(n)s visits", n) == indonesian
    assert ENGLISH.plural("%(n)s visit", "%(n)s visits", n) == english


def test_a_date_is_written_out() -> None:
    """Day of the week, day, month, year."""
    date = dt.date(2026, 3, 2)
    assert INDONESIAN.date(date) == "Senin, 2 Maret 2026"
    assert ENGLISH.date(date) == "Monday, 2 March 2026"
    assert INDONESIAN.weekday(date) == "Sen"


def test_a_span_of_days_names_the_year_once_or_twice() -> None:
    """The year is repeated only where it changes."""
    assert INDONESIAN.days(dt.date(2026, 3, 2), dt.date(2026, 3, 8)) == "2 Maret – 8 Maret 2026"
    assert (
        INDONESIAN.days(dt.date(2026, 12, 28), dt.date(2027, 1, 3))
        == "28 Desember 2026 – 3 Januari 2027"
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 menit"), (29, "0 menit"), (3600, "1 jam"), (5100, "1 jam 25 menit"), (3599, "1 jam")],
)
def test_a_length_of_time_is_said_to_the_minute(seconds: int, said: str) -> None:
    """Hours and minutes, none of them when nought."""
    assert INDONESIAN.duration(seconds) == said


def test_a_choice_follows_the_language() -> None:
    """Any one of several."""
    assert INDONESIAN.any_of(["a", "b", "c"]) == "a, b, atau c"
    assert ENGLISH.any_of(["a", "b"]) == "a or b"
    assert ENGLISH.any_of(["a"]) == "a"


def test_numbers_follow_the_language() -> None:
    """Comma or point for decimals, point or comma for thousands."""
    assert INDONESIAN.km(12_345) == "12,3 km"
    assert ENGLISH.km(12_345) == "12.3 km"
    assert INDONESIAN.money(2_000_000) == "Rp 2.000.000"
    assert ENGLISH.money(2_000_000) == "Rp 2,000,000"


def test_clock_times_follow_the_language() -> None:
    """A point in Indonesian, a colon in English, 24 hours in both."""
    assert INDONESIAN.clock(dt.time(16, 5)) == "16.05"
    assert ENGLISH.clock(dt.time(16, 5)) == "16:05"
