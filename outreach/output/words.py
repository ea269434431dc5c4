"""What readers read, in their language: sentences, dates, clock times, numbers, money."""

from __future__ import annotations

import datetime as dt
import logging
import re
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

from outreach.errors import Message
from outreach.units import HOUR_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from babel.messages import Catalog

Language = Literal["id", "en"]

logger = logging.getLogger(__name__)

# English as Indonesians meet it: 24-hour clock, day before month.
_LOCALES: Mapping[str, str] = {"id": "id_ID", "en": "en_GB"}
_DATES = frozenset({"date", "dates", "night", "other_date"})
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_RUPIAH = re.compile(r"Rp %\((\w+)\)d")


class Words:
    """
    Says our sentences in one language.

    Parameters
    ----------
    language
        ``"id"`` for Bahasa Indonesia, ``"en"`` for English.
    """

    def __init__(self, language: Language = "id") -> None:
        self.language = language
        self._locale = _LOCALES[language]

    def say(self, message: Message | str, **values: object) -> str:
        """
        Say a sentence; one that the catalogue lacks is said in English.

        Parameters
        ----------
        message
            A message with its values, or an English template with ``%(name)s`` places.
        values
            More values for the places; ISO dates called by one of `_DATES` are written
            out, a `clock` time and money after ``Rp`` as the language does.
        """
        if isinstance(message, str):
            message = Message(message)
        values = {**message.values, **values}
        for name in _DATES & values.keys():
            values[name] = _ISO_DATE.sub(self._date_said, str(values[name]))
        if isinstance(clock := values.get("clock"), str):
            with suppress(ValueError):
                values["clock"] = self.clock(dt.time.fromisoformat(clock))
        said = self._translation(message.template)
        try:
            return self._with_money(said, values) % values
        except (KeyError, TypeError, ValueError):
            # A slip in a translation must not take the sentence away from its reader.
            logger.warning("the translation of %r does not fit its values", message.template)
        try:
            return message.template % values
        except (KeyError, TypeError, ValueError):
            # Only a plan that was edited by hand says what its values do not fit.
            return message.template

    def _date_said(self, found: re.Match[str]) -> str:
        # Messages hold what JSON can hold, so their dates are ISO text.
        try:
            return self.date(dt.date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    def _with_money(self, said: str, values: Mapping[str, object]) -> str:
        def written(found: re.Match[str]) -> str:
            value = values[found[1]]
            return self.money(value) if isinstance(value, int) else found[0]

        return _RUPIAH.sub(written, said)

    def plural(self, singular: str, plural: str, n: int, **values: object) -> str:
        """Say a sentence about `n` things, which it may name as ``%(n)s``."""
        english = singular if n == 1 else plural
        said = self._translation(singular)
        # Indonesian has one form for any number.
        return (english if said == singular else said) % {"n": self.number(n), **values}

    def _translation(self, template: str) -> str:
        if self.language == "en":
            return template
        found = _catalog(self.language).get(template)
        if found is None or not found.string:
            return template
        return found.string if isinstance(found.string, str) else found.string[0]

    def date(self, date: dt.date) -> str:
        """Write a date in full: ``Senin, 2 Maret 2026``."""
        return self._format_date(date, "EEEE, d MMMM y")

    def short_date(self, date: dt.date) -> str:
        """Write a date for a narrow place: ``2 Mar``."""
        return self._format_date(date, "d MMM")

    def weekday(self, date: dt.date) -> str:
        """Write the short name of the day: ``Sen``."""
        return self._format_date(date, "EEE")

    def days(self, first: dt.date, last: dt.date) -> str:
        """Write a span of days, ends included: ``2 Maret – 8 Maret 2026``."""
        start = "d MMMM" if first.year == last.year else "d MMMM y"
        return f"{self._format_date(first, start)} – {self._format_date(last, 'd MMMM y')}"

    def _format_date(self, date: dt.date, pattern: str) -> str:
        from babel.dates import format_date

        return str(format_date(date, pattern, locale=self._locale))

    def clock(self, moment: dt.datetime | dt.time) -> str:
        """Write a time of day: ``08.05`` in Indonesian, ``08:05`` in English."""
        from babel.dates import format_time

        moment = moment.time() if isinstance(moment, dt.datetime) else moment
        return str(format_time(moment, "short", locale=self._locale))

    def duration(self, seconds: float) -> str:
        """Write a length of time to the minute: ``1 jam 25 menit``."""
        minutes = round(seconds / MINUTE_S)
        hours, rest = divmod(minutes, HOUR_S // MINUTE_S)
        if not hours:
            return self.say("%(minutes)d min", minutes=rest)
        if not rest:
            return self.say("%(hours)d h", hours=hours)
        return self.say("%(hours)d h %(minutes)d min", hours=hours, minutes=rest)

    def any_of(self, items: Iterable[str]) -> str:
        """Write a choice: ``kota, muaro, atau tksk-1``."""
        from babel.lists import format_list

        return str(format_list(list(items), style="or", locale=self._locale))

    def number(self, number: float, n_decimals: int = 0) -> str:
        """Write a number with the language's separators: ``1.234,5``."""
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * n_decimals if n_decimals else "")
        return str(format_decimal(number, pattern, locale=self._locale))

    def percent(self, share: float) -> str:
        """Write a part of 1 in whole percent: ``78 %`` in English, ``78%`` in Indonesian."""
        from babel.numbers import format_percent

        return str(format_percent(share, "#,##0%", locale=self._locale))

    def km(self, distance_m: float) -> str:
        """Write a distance in kilometres: ``12,3 km``."""
        return f"{self.number(distance_m / 1000, 1)} km"

    def money(self, cost_idr: float) -> str:
        """Write rupiah: ``Rp 2.000.000``."""
        return f"Rp {self.number(cost_idr)}"


@cache
def _catalog(language: str) -> Catalog:
    # Read as it stands, so that translators need no compile step.
    from babel.messages.pofile import read_po

    file = resources.files("outreach.output") / f"locale/{language}/LC_MESSAGES/outreach.po"
    with file.open("rb") as po:
        return read_po(po, locale=language)
