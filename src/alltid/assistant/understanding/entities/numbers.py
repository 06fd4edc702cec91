"""Numbers with check digits or rules of their own: accounts, phones, references, counts."""

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers
from stdnum import iban as iban_rules

from alltid.assistant.understanding.entities.entity import Entity, EntityKind
from alltid.assistant.understanding.entities.words import ARTICLES, NUMBERS, REGIONS
from alltid.conversations.masking_numbers import EMAIL, IBAN, iban_end

_PHONE: Final = re.compile(r"(?<![\w#+-])\+?\(?\d[\d \-/().]{6,19}\d(?![\w-])")
_PHONE_DIGITS_LEAST: Final = 8
_NAMES: Final = (
    r"order|invoice|bill|faktura|fakturan|fakturanummer|ordernummer|beställning|rechnung|"
    r"bestellung|rechnungsnummer|bestellnummer|auftrag|fattura|ordine|factura|pedido|commande|"
    r"facture|reference|referens|referenz|riferimento|referencia|case|ärende|ticket|ocr"
)
_REFERENCE: Final = re.compile(
    rf"(?<!\w)(?:{_NAMES})(?:[ -]?(?:number|nummer|numret|num|no|nr|id|numero|número|n|nº|n°|is|"
    r"är|ist|è|es)(?![^\W\d_]))?[.:]? {0,2}#?"
    r"(?P<number>(?=[a-z0-9/-]*\d{3})[a-z0-9]{1,12}(?:[-/][a-z0-9]{1,12}){0,3})(?!\w)"
    r"|#(?P<hash>(?=[a-z0-9-]*\d{3})[a-z0-9][a-z0-9-]{2,23})(?!\w)"
    r"|(?<![\w-])(?P<code>[a-z]{1,4}-?\d{4,12}(?:-\d{1,8}){0,2})(?![\w-])"
)
_COUNT: Final = "|".join(re.escape(word) for word in sorted(NUMBERS, key=len, reverse=True))
_DAYS: Final = r"days?|dagar?s?|tagen?|tage|giorn[io]|días?|dias?|jours?"
_WEEKS: Final = r"weeks?|wks?|veck[ao]r?|wochen?|settiman[ae]|semanas?|semaines?"
_MONTHS: Final = r"months?|månad(?:er)?|mån|monaten?|monate|mes[ei]|meses|mois"
_PARTS: Final = (
    r"parts?|payments?|instal?lments?|pieces?|times|del(?:ar|betalningar)|delbetalningar|avbetalningar|"
    r"gånger|raten?|teile?n?|teilzahlungen|rat[ae]|part[ei]|volte|plazos?|cuotas?|partes?|pagos|"
    r"tranches"
)
_FORTNIGHT: Final = re.compile(r"(?<!\w)(?:a )?fortnight(?!\w)")
_COUNTED: Final = re.compile(
    rf"(?<![\w.,])(?P<count>\d{{1,3}}|{_COUNT})[ -]?(?:more |fler |weitere |altri |días_mas )?"
    rf"(?:(?P<days>{_DAYS})|(?P<weeks>{_WEEKS})|(?P<months>{_MONTHS})|(?P<parts>{_PARTS}))(?!\w)"
    rf"|(?<!\w)(?:split|divide|dela(?: upp)?|stycka|teilen?|aufteilen|(?:sud)?divid\w{{1,5}}|"
    rf"rateizza\w*|spezza\w*|part(?:ir|e|an?)|fraccion\w+)(?: \w+){{0,6}}? "
    rf"(?:in|into|i|på|en) (?P<into>\d{{1,2}}|{_COUNT})(?!\w)(?! (?:{_DAYS}|{_WEEKS}|{_MONTHS}))"
)
# "When is it due?" and "sei so nett" name no number.
_ONLY_IN: Final = {"due": "it", "sei": "it"}
_NUMBER: Final = re.compile(rf"(?<![\w.,:/-])(?P<count>\d{{1,9}}|{_COUNT})(?![\w/:-]|[.,]\d)")
_POSTAL: Final = re.compile(
    r"(?<!\w)(?:zip(?: ?code)?|post(?:al)? ?code|postcode|postnummer|postnr|plz|postleitzahl|cap|"
    r"codice postale|código postal|codigo postal|cp|code postal)(?: is| är| ist| è| es|:)? "
    r"(?P<code>\d{3} ?\d{2}|\d{4,5}|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2})(?!\w)"
)
_WEEK: Final = 7


def emails(text: str) -> Iterator[Entity]:
    """E-mail addresses."""
    for match in EMAIL.finditer(text):
        yield Entity(EntityKind.EMAIL, match[0], match.start(), match.end(), match[0].lower())


def ibans(text: str) -> Iterator[Entity]:
    """Accounts whose check digits are right."""
    for match in IBAN.finditer(text):
        end = iban_end(text, match.start())
        if end is not None and iban_rules.is_valid(text[match.start() : end]):
            written = text[match.start() : end]
            value = str(iban_rules.compact(written))
            yield Entity(EntityKind.IBAN, written, match.start(), end, value)


def phones(text: str, language: str) -> Iterator[Entity]:
    """Phone numbers that exist in their country, or in the one of *language*."""
    for match in _PHONE.finditer(text):
        if sum(map(str.isdigit, match[0])) < _PHONE_DIGITS_LEAST:
            continue
        try:
            number = phonenumbers.parse(match[0], REGIONS.get(language))
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            yield Entity(EntityKind.PHONE, match[0], match.start(), match.end(), value)


def references(text: str) -> Iterator[Entity]:
    """Numbers of orders and invoices."""
    for match in _REFERENCE.finditer(text):
        group = next(name for name in ("number", "hash", "code") if match[name])
        value = match[group].upper()
        yield Entity(EntityKind.REFERENCE, match[group], *match.span(group), value)


def postal_codes(text: str) -> Iterator[Entity]:
    """Postal codes that are called so."""
    for match in _POSTAL.finditer(text):
        value = match["code"].replace(" ", "").upper()
        yield Entity(EntityKind.POSTAL_CODE, match["code"], *match.span("code"), value)


def counts(text: str) -> Iterator[Entity]:
    """Numbers of days, weeks (as days), months and parts."""
    for match in _FORTNIGHT.finditer(text):
        yield Entity(EntityKind.DAYS, match[0], match.start(), match.end(), 2 * _WEEK)
    for match in _COUNTED.finditer(text):
        if match["into"]:
            value = _value(match["into"])
            yield Entity(EntityKind.PARTS, match["into"], *match.span("into"), value)
            continue
        value = _value(match["count"])
        kind = EntityKind.DAYS
        if match["weeks"]:
            value *= _WEEK
        elif match["months"]:
            kind = EntityKind.MONTHS
        elif match["parts"]:
            kind = EntityKind.PARTS
        yield Entity(kind, match[0], match.start(), match.end(), value)


def numbers(text: str, language: str) -> Iterator[Entity]:
    """Whole numbers that nothing is said of; "a" and "one" count only where nothing else stands.

    So does a number that is a common word of other languages, unless it is in its own.
    """
    alone = text.strip(" .!?")
    for match in _NUMBER.finditer(text):
        counts_here = match[0] not in ARTICLES and _ONLY_IN.get(match[0], language) == language
        if counts_here or match[0] == alone:
            value = _value(match["count"])
            yield Entity(EntityKind.NUMBER, match[0], match.start(), match.end(), value)


def _value(count: str) -> int:
    return int(count) if count.isdigit() else NUMBERS[count]
