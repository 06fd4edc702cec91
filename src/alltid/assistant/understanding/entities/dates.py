"""Days as people name them: "2026-11-25", "den 25:e", "next friday", "in two weeks"."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from alltid.assistant.understanding.entities.entity import Entity, EntityKind
from alltid.assistant.understanding.entities.words import MONTHS, NUMBERS, WEEKDAYS


def _any(words: object) -> str:
    listed = sorted(map(str, words), key=len, reverse=True)  # type: ignore[call-overload]
    return "|".join(map(re.escape, listed))


_MONTH: Final = rf"(?P<month>{_any(MONTHS)})\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th|:e|:a|\.|º|°|er)?"
_YEAR: Final = r"(?P<year>(?:19|20)\d{2})"
_ISO: Final = re.compile(rf"(?<![\w-]){_YEAR}-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?![\w-])")
_FIGURES: Final = re.compile(
    r"(?<![\w./-])(?P<day>\d{1,2})(?P<mark>[./-])(?P<month>\d{1,2})"
    r"(?:(?P=mark)(?P<year>(?:19|20)?\d{2}))?(?![\w/-]|\.\d)"
)
_NAMED: Final = re.compile(
    rf"(?<!\w){_DAY}\s?(?:of |de |del |di )?{_MONTH}(?!\w)(?:,? (?:de |del )?{_YEAR})?"
    rf"|(?<!\w)(?P<month2>{_any(MONTHS)})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?!\w)"
    rf"(?:,? (?P<year2>(?:19|20)\d{{2}}))?"
)
_OF_MONTH: Final = re.compile(
    r"(?<!\w)(?:the (?P<a>\d{1,2})(?:st|nd|rd|th)|(?:den |d\. )(?P<b>\d{1,2})(?::?[ea])?"
    r"|(?P<c>\d{1,2}):[ea]|(?:am|zum|bis zum|den|vom) (?P<d>\d{1,2})\."
    r"|(?:il giorno|entro il|il) (?P<e>\d{1,2})|(?:el día|el dia|el) (?P<f>\d{1,2})"
    r"|(?P<g>\d{1,2})(?:st|nd|rd|th))(?!\w|[.,:/-]\d| ?(?:%|€|kr|euro|days|dagar|tage|giorni|días))"
)
_TODAY: Final = {
    "today": 0, "idag": 0, "i dag": 0, "heute": 0, "oggi": 0, "hoy": 0, "tonight": 0,
    "tomorrow": 1, "tmrw": 1, "tomorow": 1, "imorgon": 1, "i morgon": 1, "imorron": 1,
    "imorrn": 1, "morgen": 1, "domani": 1, "mañana": 1,
    "day after tomorrow": 2, "the day after tomorrow": 2, "övermorgon": 2, "i övermorgon": 2,
    "übermorgen": 2, "uebermorgen": 2, "dopodomani": 2, "pasado mañana": 2,
    "yesterday": -1, "igår": -1, "i går": -1, "gestern": -1, "ieri": -1, "ayer": -1,
    "förrgår": -2, "i förrgår": -2, "vorgestern": -2, "l'altro ieri": -2, "anteayer": -2,
}  # fmt: skip
_NEAR: Final = re.compile(
    rf"(?<!\w)(?:{_any(_TODAY)})(?!\w)(?!\s+(?:früh|mañana))|(?<=\w )mañana(?!\w)"
)
_NEXT: Final = (
    r"next|nästa|nasta|nächsten|nächster|nächste|naechsten|kommenden|kommande|coming|prossimo|"
    r"prossima|próximo|proximo|próxima"
)
_LAST: Final = r"last|förra|i förra|letzten|letzter|letzte|vorigen|scorso|scorsa|pasado|pasada"
_WEEKDAY: Final = re.compile(
    rf"(?<!\w)(?:(?P<next>{_NEXT})\s|(?P<last>{_LAST})\s|(?P<ago>i)\s)?"
    rf"(?P<weekday>{_any(WEEKDAYS)})(?P<ago2>s)?(?:\s(?P<after>{_NEXT}|{_LAST}|que viene))?(?!\w)"
)
_COUNT: Final = rf"(?P<count>\d{{1,3}}|{_any(word for word in NUMBERS if NUMBERS[word] <= 60)})"  # noqa: PLR2004
_IN: Final = re.compile(
    rf"(?<!\w)(?:in|om|tra|fra|en|dentro de|within) {_COUNT} "
    r"(?P<unit>days?|dagar?|tage?n?|giorn[io]|días?|dias?|weeks?|veck[ao]r?|wochen?|settiman[ae]|"
    r"semanas?|months?|månad(?:er)?|monate?n?|mes[ei]|meses)(?!\w)"
)
_END: Final = re.compile(
    r"(?<!\w)(?:the )?(?:end of (?:the |this )?month|month end|slutet (?:av|på) månaden|"
    r"månadsskiftet|ende des monats|monatsende|fine (?:del )?mese|(?:fin|final(?:es)?) de mes)"
    r"(?!\w)"
)
_WEEK: Final = 7
_MAX_MONTH: Final = 12
_CENTURY: Final = 2_000
_HUNDRED: Final = 100

Made = tuple[re.Match[str], date | None]


def dates(text: str, today: date | None) -> Iterator[Entity]:
    """Days named in *text*, which is in lower case; relative ones only with *today*.

    A day without a year is the next such day from *today* on.
    """
    makers: tuple[Callable[[str, date | None], Iterator[Made]], ...] = (
        _written, _named, _relative, _weekdays, _days_of_month,
    )  # fmt: skip
    for maker in makers:
        for match, day in maker(text, today):
            if day is not None:
                yield Entity(EntityKind.DATE, match[0], match.start(), match.end(), day.isoformat())


def _written(text: str, today: date | None) -> Iterator[Made]:
    for match in _ISO.finditer(text):
        yield match, _day(int(match["year"]), int(match["month"]), int(match["day"]))
    for match in _FIGURES.finditer(text):
        day, month = int(match["day"]), int(match["month"])
        if month > _MAX_MONTH:  # as Americans write it
            day, month = month, day
        if match["year"] is not None:
            year = int(match["year"])
            yield match, _day(year + _CENTURY if year < _HUNDRED else year, month, day)
        elif match["mark"] != "." or text[match.end() : match.end() + 1] == ".":
            yield match, _next(month, day, today)


def _named(text: str, today: date | None) -> Iterator[Made]:
    for match in _NAMED.finditer(text):
        month = MONTHS[match["month"] or match["month2"]]
        day, year = int(match["day"] or match["day2"]), match["year"] or match["year2"]
        yield match, _day(int(year), month, day) if year else _next(month, day, today)


def _relative(text: str, today: date | None) -> Iterator[Made]:
    if today is None:
        return
    for match in _NEAR.finditer(text):
        yield match, today + timedelta(days=_TODAY.get(match[0], 1))
    for match in _IN.finditer(text):
        count = int(match["count"]) if match["count"].isdigit() else NUMBERS[match["count"]]
        unit = match["unit"]
        if unit.startswith(("w", "v", "sett", "sem")):
            yield match, today + timedelta(days=count * _WEEK)
        elif unit.startswith("m"):
            yield match, _months_on(today, count)
        else:
            yield match, today + timedelta(days=count)
    for match in _END.finditer(text):
        yield match, _months_on(today.replace(day=1), 1) - timedelta(days=1)


def _weekdays(text: str, today: date | None) -> Iterator[Made]:
    if today is None:
        return
    for match in _WEEKDAY.finditer(text):
        wanted = WEEKDAYS[match["weekday"]]
        ahead = (wanted - today.weekday()) % _WEEK or _WEEK
        after = match["after"] or ""
        past = match["last"] or (match["ago"] and match["ago2"]) or re.fullmatch(_LAST, after)
        if past:
            yield match, today - timedelta(days=(today.weekday() - wanted) % _WEEK or _WEEK)
        elif len(match["weekday"]) > len("mon") or match["next"]:
            yield match, today + timedelta(days=ahead)


def _days_of_month(text: str, today: date | None) -> Iterator[Made]:
    if today is None:
        return
    for match in _OF_MONTH.finditer(text):
        wanted = int(next(value for value in match.groups() if value))
        first = today.replace(day=1)
        months = (_months_on(first, ahead) for ahead in range(4))
        days = (_day(month.year, month.month, wanted) for month in months)
        yield match, next((day for day in days if day is not None and day >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(month: int, day: int, today: date | None) -> date | None:
    """The next such day from *today* on; a leap day may be years away."""
    if today is None:
        return None
    days = (_day(today.year + ahead, month, day) for ahead in range(9))
    return next((found for found in days if found is not None and found >= today), None)


def _months_on(day: date, count: int) -> date:
    """The same day *count* months later, or that month's last day."""
    years, month = divmod(day.month - 1 + count, _MAX_MONTH)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
