"""What words are as a value, and which object they mean."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from alltid.assistant.playbooks.expressions import ExpressionFailed
from alltid.assistant.playbooks.matching import Candidate, the_one, the_option
from alltid.assistant.playbooks.playbook import Slot
from alltid.assistant.playbooks.values import Asked, minor_of, objects_of, value_of

SLOT: TypeAdapter[Any] = TypeAdapter(Slot)
ASK = {"ask": {"en": "What?"}}


def read(said: Any, language: str = "en", values: Any = None, **slot: Any) -> Any:
    described = SLOT.validate_python({**ASK, **slot}, strict=False)
    return value_of(said, Asked(described, values or {}, language))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("14", 14), ("in 14 days please", 14), ("-3", -3), (14, 14), ("1.5", None),
        ("3 or 4", None),
        ("soon", None), (True, None), ("1,000", None), (2**60, None), ("7.", 7),
    ],
)  # fmt: skip
def test_whole_numbers(said: Any, value: Any) -> None:
    assert read(said, type="integer") == value


def test_bounds_are_numbers_or_expressions_of_the_same_type() -> None:
    slot: dict[str, Any] = {"type": "integer", "from": 1, "to": "limits.most"}
    values = {"limits": {"most": 30, "odd": "x"}}
    assert read("30", values=values, **slot) == 30
    assert read("31", values=values, **slot) is None
    assert read("0", values=values, **slot) is None
    for most in ("limits.odd", "limits.gone"):
        with pytest.raises(ExpressionFailed):
            read("3", values=values, type="integer", to=most)


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("1 234,50 kr", 123450), ("1,234.50", 123450), ("499", 49900), ("499:-", 49900),
        ("1.234", 123400), ("0,5", None), ("12.34.56", 123456), ("99.9", None), ("2 or 3", None),
        ("nothing", None), (4200, 4200), (False, None), ("9" * 14, None), ("1,00,", 100),
    ],
)  # fmt: skip
def test_amounts(said: Any, minor: Any) -> None:
    assert read(said, type="money", currency="'SEK'") == minor


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert minor_of("1,234", 3) == 1234
    assert minor_of("1,234", 0) == 1234
    assert minor_of(".,", 2) is None
    with pytest.raises(ExpressionFailed):
        read("1", type="money", currency="'XXX'")
    with pytest.raises(ExpressionFailed):
        read("1", type="money", currency="1")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-12-24", "2026-12-24"), ("den 24.12.2026", "2026-12-24"),
        ("24/12/2026", "2026-12-24"),
        ("31.2.2026", None), ("christmas", None), ("24.12.", None), (3, None),
    ],
)  # fmt: skip
def test_days(said: Any, day: Any) -> None:
    assert read(said, type="date") == day
    assert read(said, type="date", **{"from": "'2027-01-01'"}) is None


@pytest.mark.parametrize(
    ("type_", "said", "value"),
    [
        ("boolean", True, True), ("boolean", "yes", None), ("boolean", 1, None),
        ("email", "it is Sara.B@example.com.", "Sara.B@example.com"), ("email", "sara@", None),
        ("email", "a@example.com b@example.com", None), ("email", 3, None),
        ("phone", "070-174 06 35", "+46701740635"), ("phone", "+49 30 901820", "+4930901820"),
        ("phone", "12345", None), ("phone", "070-1", None), ("phone", "no", None),
        ("phone", 3, None),
        ("phone", "+99912345678", None), ("phone", "++", None),
        ("phone", "+46 7017406355555", None),
        ("iban", "my iban is SE45 5000 0000 0583 9825 7466", "SE4550000000058398257466"),
        ("iban", "SE45 5000 0000 0583 9825 7467", None), ("iban", 1, None),
    ],
)  # fmt: skip
def test_what_has_a_form(type_: str, said: Any, value: Any) -> None:
    assert read(said, "sv", type=type_) == value


def test_a_phone_number_without_a_country_needs_one() -> None:
    assert read("0701740635", "pl", type="phone") is None


def test_texts_have_a_length() -> None:
    assert read("  hello ", type="text") == "hello"
    assert read("x" * 501, type="text") is None
    assert read("hi", type="text", shortest=3) is None
    assert read(5, type="text") is None


INVOICES = [
    {"handle": "a", "number": "10432", "merchant": "Norrhem", "amount": 49900, "status": "overdue",
     "due": "2026-12-03", "overdue_days": 4},
    {"handle": "b", "number": "20777", "merchant": "Lampor AB", "amount": 120050, "status": "open",
     "due": "2026-12-10", "overdue_days": 0},
    {"handle": "c", "number": "30001", "merchant": "Cykelhuset", "amount": 49900, "status": "paid",
     "due": "2026-11-01", "overdue_days": True},
]  # fmt: skip
CANDIDATES = tuple(Candidate(str(i["handle"]), f"{i['merchant']}, {i['due']}", i) for i in INVOICES)


@pytest.mark.parametrize(
    ("words", "handle"),
    [
        ("b", "b"), ("Lampor", "b"), ("the lampr one", "b"), ("cyklehuset tack", "c"),
        ("number 20777", "b"), ("1200,50", "b"), ("1 200.50", "b"), ("the one for 499", None),
        ("499 kr from norrhem", "a"), ("due on 10.12.", "b"), ("10/12", "b"), ("2026-12-10", "b"),
        ("the first", "a"), ("den andra", "b"), ("die dritte", "c"), ("ultima", "c"), ("2", "b"),
        ("4", None), ("the sixth one", None), ("first or second", None), ("the fifth", None),
        ("the overdue one", "a"), ("die überfällige", "a"), ("the paid one", "c"),
        ("the oldest", "c"), ("latest", "b"), ("the biggest", "b"), ("the cheapest", None),
        ("norrhem or lampor", None), ("no idea", None), ("", None), ("the other one", None),
        ("smallest of norrhem", "a"), ("no20777", "b"), ("1200,50kr!", "b"), ("a20777b9", None),
    ],
)  # fmt: skip
def test_which_one_is_meant(words: str, handle: str | None) -> None:
    assert the_one(words, CANDIDATES, None) == handle


def test_the_other_one_is_not_the_one_chosen_before() -> None:
    assert the_one("no, the other one", CANDIDATES[:2], "a") == "b"
    assert the_one("den andra", CANDIDATES[:2], "b") == "a"
    assert the_one("the other one", CANDIDATES, "a") is None


def test_order_needs_something_to_order_by() -> None:
    plain = [Candidate("x", "one"), Candidate("y", "two", {"amount": True})]
    for words in ("the newest", "the biggest"):
        assert the_one(words, plain, None) is None
    assert the_one("last", plain[:1], None) is None
    assert the_one("one", plain[:1], None) == "x"


def test_several_are_named_in_a_list() -> None:
    slot = SLOT.validate_python({**ASK, "type": "objects", "of": "x", "label": "x"})
    asked = Asked(slot, {}, "en", CANDIDATES)
    assert value_of("norrhem, lampor", asked) == ["a", "b"]
    assert value_of("lampor and norrhem and lampor", asked) == ["b", "a"]
    assert value_of("lampor, please", asked) == ["b"]
    assert value_of("what, please", asked) is None
    assert value_of(" , ", asked) is None
    assert value_of(3, asked) is None


def test_a_choice_is_its_name_or_its_words() -> None:
    options = {"damaged": {"en": "It is damaged"}, "missing": {"en": "It never came"}}
    slot = SLOT.validate_python({**ASK, "type": "choice", "options": options})
    candidates = tuple(Candidate(name, words["en"]) for name, words in options.items())
    asked = Asked(slot, {}, "en", candidates)
    said = {
        "damaged": "damaged",
        "it arrived damagd": "damaged",
        "it has never come": None,
        "never came": "missing",
        "something is missing": "missing",
        "the second": "missing",
        "2": "missing",
        "it is late": None,
        "": None,
        "damaged, or missing": None,
    }
    assert {words: value_of(words, asked) for words in said} == said
    assert value_of(1, asked) is None


@pytest.mark.parametrize("value", [{"a": 1}, [1], [{"handle": 3}], "x"])
def test_objects_are_a_list_with_handles(value: Any) -> None:
    slot = SLOT.validate_python({**ASK, "type": "object", "of": "x", "label": "x"})
    with pytest.raises(ExpressionFailed):
        objects_of(slot, {"x": value})


def test_words_that_every_sentence_has_choose_nothing() -> None:
    options = [Candidate("a", "Nicht wie beschrieben"), Candidate("b", "Nie bekommen")]
    assert the_one("Nicht angekommen", options, None) is None
    assert the_one("anders als beschrieben", options, None) == "a"
    assert the_one("un recordatorio", [Candidate("a", "Pagar un gasto"), *options], None) is None


def test_the_other_one_in_swedish_is_not_the_second_of_several() -> None:
    three = [Candidate("a", "Boots"), Candidate("b", "Chair"), Candidate("c", "Lamp")]
    assert the_one("den andra fakturan", three, "a") is None
    assert the_one("den andra", three[:2], "a") == "b"
    assert the_one("den andra", three, None) == "b"


def test_an_option_is_known_by_its_other_words_too() -> None:
    options = [
        Candidate("missing", "I never got it", also=("not arrived", "nicht angekommen")),
        Candidate("damaged", "Broken", also=("kaputt",)),
    ]
    assert the_option("it has not arrived yet", options) == "missing"
    assert the_option("Nicht angekommen!", options) == "missing"
    assert the_option("kaputt und nicht angekommen", options) is None
    assert the_option("the colour is odd", options) is None
