"""What customers name: amounts, days, numbers and addresses, each valid and where it stands."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.assistant.understanding import Amount, understand
from alltid.assistant.understanding.entities.finding import ENTITIES_MAX, entities_of

SUNDAY = date(2026, 11, 22)


def _found(text: str, language: str = "en") -> list[tuple[str, object]]:
    entities = entities_of(text, language=language, today=SUNDAY)
    assert all(text[each.start : each.end] == each.text for each in entities)
    return [(each.kind.value, each.value) for each in entities]


@pytest.mark.parametrize(
    ("language", "text", "minor", "currency"),
    [
        ("de", "1.299,50 €", 129_950, "EUR"),
        ("en", "£20.50", 2_050, "GBP"),
        ("en", "1,299 euros", 129_900, "EUR"),
        ("en", "$1,299.00", 129_900, "USD"),
        ("sv", "200 spänn", 20_000, "SEK"),
        ("sv", "1 299 kr", 129_900, "SEK"),
        ("sv", "499:-", 49_900, "SEK"),
        ("sv", "hundra kronor", 10_000, "SEK"),
        ("sv", "5 tkr", 500_000, "SEK"),
        ("nb", "300 kr", 30_000, "NOK"),
        ("da", "300 kr", 30_000, "DKK"),
        ("it", "20 euro", 2_000, "EUR"),
        ("es", "cien euros", 10_000, "EUR"),
    ],
)
def test_amounts(language: str, text: str, minor: int, currency: str) -> None:
    assert _found(text, language) == [("money", Amount(minor, currency))]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-25", "2026-11-25"),
        ("25/11/2026", "2026-11-25"),
        ("11/25/2026", "2026-11-25"),
        ("25.11.2026", "2026-11-25"),
        ("25 november", "2026-11-25"),
        ("Nov 25", "2026-11-25"),
        ("May 3", "2027-05-03"),
        ("25 de noviembre de 2026", "2026-11-25"),
        ("den 25:e", "2026-11-25"),
        ("the 25th", "2026-11-25"),
        ("the 31st", "2026-12-31"),
        ("am 25.", "2026-11-25"),
        ("el 25", "2026-11-25"),
        ("entro il 25", "2026-11-25"),
        ("tomorrow", "2026-11-23"),
        ("imorgon", "2026-11-23"),
        ("übermorgen", "2026-11-24"),
        ("ayer", "2026-11-21"),
        ("next friday", "2026-11-27"),
        ("på fredag", "2026-11-27"),
        ("i fredags", "2026-11-20"),
        ("letzten Freitag", "2026-11-20"),
        ("venerdì prossimo", "2026-11-27"),
        ("viernes que viene", "2026-11-27"),
        ("in two weeks", "2026-12-06"),
        ("om 14 dagar", "2026-12-06"),
        ("in einem Monat", "2026-12-22"),
        ("end of the month", "2026-11-30"),
        ("29 february", "2028-02-29"),
    ],
)
def test_days(text: str, day: str) -> None:
    assert _found(text) == [("date", day)]


@pytest.mark.parametrize("text", ["31/11/2026", "2026-02-30", "30 february", "99/99/2026"])
def test_a_day_that_does_not_exist_is_none(text: str) -> None:
    assert "date" not in dict(_found(text))


def test_without_today_nothing_relative_is_a_date() -> None:
    assert entities_of("next friday, tomorrow, in two weeks, the 25th")[0].kind != "date"
    assert [e.value for e in entities_of("on 2026-11-25")] == ["2026-11-25"]


@pytest.mark.parametrize(
    ("language", "text", "kind", "value"),
    [
        ("en", "14 days", "days", 14),
        ("sv", "två veckor", "days", 14),
        ("de", "zwei Wochen", "days", 14),
        ("es", "quince días", "days", 15),
        ("en", "a fortnight", "days", 14),
        ("sv", "2 månader", "months", 2),
        ("en", "in 4 instalments", "parts", 4),
        ("sv", "dela upp på fyra", "parts", 4),
        ("it", "in 3 rate", "parts", 3),
        ("es", "en 3 cuotas", "parts", 3),
        ("de", "in drei Raten", "parts", 3),
        ("en", "14", "number", 14),
        ("sv", "två", "number", 2),
        ("en", "order 12345678", "reference", "12345678"),
        ("de", "Rechnung a-10023", "reference", "A-10023"),
        ("en", "it is #998877", "reference", "998877"),
        ("sv", "070-174 06 05", "phone", "+46701740605"),
        ("de", "030 901820", "phone", "+4930901820"),
        ("en", "+46 70 174 06 05", "phone", "+46701740605"),
        ("sv", "SE45 5000 0000 0583 9825 7466", "iban", "SE4550000000058398257466"),
        ("en", "Bo.Ek@Example.com", "email", "bo.ek@example.com"),
        ("sv", "postnummer 114 55", "postal_code", "11455"),
        ("en", "zip code SW1A 1AA", "postal_code", "SW1A1AA"),
    ],
)
def test_counts_and_numbers(language: str, text: str, kind: str, value: object) -> None:
    assert (kind, value) in _found(text, language)
    assert len(_found(text, language)) == 1


def test_an_account_with_wrong_check_digits_is_none() -> None:
    assert "iban" not in dict(_found("SE46 5000 0000 0583 9825 7466"))


def test_several_in_one_message_stand_in_order() -> None:
    found = _found("faktura 10023 på 450 kr, kan jag betala den 25:e istället?", "sv")
    assert found == [
        ("reference", "10023"),
        ("money", Amount(45_000, "SEK")),
        ("date", "2026-11-25"),
    ]


def test_the_full_look_has_them() -> None:
    found = understand("kan jag betala 200 spänn på fredag", today=SUNDAY)
    assert [each.kind for each in found.entities] == ["money", "date"]


@given(st.text(max_size=300))
def test_any_text_gives_bounded_entities_that_do_not_overlap(text: str) -> None:
    found = entities_of(text, language="sv", today=SUNDAY)
    assert len(found) <= ENTITIES_MAX
    ends = 0
    for each in found:
        assert each.start >= ends
        assert text[each.start : each.end] == each.text
        ends = each.end


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "when is it due?", []),
        ("de", "Sei so nett", []),
        ("it", "vorrei due", [("number", 2)]),
        ("und", "due", [("number", 2)]),
        ("en", "invoice NH-2024-00123", [("reference", "NH-2024-00123")]),
        ("en", "invoice no 44112", [("reference", "44112")]),
        ("sv", "order nr12345", [("reference", "12345")]),
    ],
)
def test_a_word_of_another_language_is_no_number_and_no_part_of_one(
    language: str, text: str, found: list[tuple[str, object]]
) -> None:
    assert _found(text, language) == found
