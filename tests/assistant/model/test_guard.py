"""What the guard lets out and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from alltid.assistant.model.guard import Evidence, Guard, check
from alltid.assistant.model.guard_figures import figures_of
from alltid.assistant.model.guard_words import number_word
from alltid.assistant.model.sentences import sentences_of
from tests.assistant.model import honest

LIES: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("lies.yaml").read_text())
LANGUAGES = tuple(honest.ARTICLES)
LOCALES = ("en_GB", "en_US", "sv_SE", "de_DE", "it_IT", "es_ES", "de_CH")
CURRENCIES = ("EUR", "SEK", "USD", "GBP")
MINOR = st.integers(1, 99_999_999)
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


# ------------------------------------------------------------ lies and honest answers


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LIES)
def test_a_lie_goes_out_in_no_part(kind: str, language: str) -> None:
    guard = Guard(honest.evidence(language, from_passages=kind == "quiet"))
    sentences = [each for lie in LIES[kind] for each in sentences_of(lie)]
    for sentence in sentences:
        guard.judge(sentence)
    verdict = guard.verdict()
    assert verdict.passed == ()
    assert [sentence for sentence, _reason in verdict.refused] == sentences
    assert not verdict.ok


def refused_of(half: int, *, cited: bool = False) -> list[str]:
    mine = [(language, text) for language, text in honest.answers() if "[" in text or not cited]
    return [
        text
        for language, text in mine[half::2]
        if not check(text, honest.evidence(language, from_passages=cited)).ok
    ]


def test_few_honest_answers_are_refused() -> None:
    # The rules were mended by the first half alone; the second tells how often it errs.
    assert len(honest.answers()) == 108
    assert len(refused_of(0)) == 0
    assert len(refused_of(1)) <= 2
    # What is worded from passages is held to their words: 5 of 36 are quoted instead.
    assert len(refused_of(0, cited=True)) + len(refused_of(1, cited=True)) <= 5


# ------------------------------------------------------------ figures, however written


def money_forms(minor: int, currency: str) -> list[str]:
    amount = Decimal(minor) / 100
    forms = [format_currency(amount, currency, locale=locale) for locale in LOCALES]
    plain = [format_decimal(amount, locale=locale, format="#,##0.00") for locale in LOCALES]
    forms += [f"{each} {currency}" for each in plain] + [f"{currency} {each}" for each in plain]
    if minor % 100 == 0:
        forms += [f"{minor // 100} {currency}", f"{currency} {minor // 100}"]
    return forms


@settings(max_examples=50)
@given(MINOR, st.sampled_from(CURRENCIES), st.data())
def test_an_amount_in_evidence_passes_in_every_form(
    minor: int, currency: str, data: st.DataObject
) -> None:
    evidence = Evidence(results=({"left": minor, "currency": currency},))
    form = data.draw(st.sampled_from(money_forms(minor, currency)))
    assert check(f"The rest is {form} now.", evidence).ok, form


@settings(max_examples=50)
@given(MINOR, MINOR, st.sampled_from(CURRENCIES), st.data())
def test_an_amount_not_in_evidence_is_refused_in_every_form(
    said: int, real: int, currency: str, data: st.DataObject
) -> None:
    evidence = Evidence(results=({"left": real, "currency": currency},))
    form = data.draw(st.sampled_from(money_forms(said, currency)))
    trick: Callable[[str], str] = data.draw(
        st.sampled_from([plainly, fullwidth, arabic, hidden, bold, tagged])
    )
    verdict = check(f"The rest is {trick(form)} now.", evidence)
    assert verdict.ok is (said == real) or trick is tagged, form


def plainly(text: str) -> str:
    return text


def fullwidth(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


def arabic(text: str) -> str:
    return "".join(chr(0x0660 + int(c)) if c.isdigit() else c for c in text)


def hidden(text: str) -> str:
    return "\u200b".join(text)


def bold(text: str) -> str:
    return f"**{text}**"


def tagged(text: str) -> str:
    return f"{text[0]}<b>{text[1:]}</b>"


@settings(max_examples=50)
@given(MINOR, MINOR, st.data())
def test_a_wrong_currency_is_refused(minor: int, other: int, data: st.DataObject) -> None:
    evidence = Evidence(results=({"left": minor, "currency": "EUR"},))
    form = data.draw(st.sampled_from(money_forms(minor, "SEK") + money_forms(minor, "USD")))
    assert not check(f"The rest is {form}.", evidence).ok


def date_forms(day: date) -> list[str]:
    forms = [
        format_date(day, size, locale=locale)
        for locale in ("en_GB", "sv_SE", "de_DE", "it_IT", "es_ES")
        for size in ("medium", "long", "full")
    ]
    forms += [format_date(day, size, locale="en_US") for size in ("medium", "long")]
    forms += [day.isoformat(), f"{day.day}.{day.month}.{day.year}", f"{day:%d/%m/%Y}"]
    return forms


@settings(max_examples=50)
@given(DAYS, st.data())
def test_a_date_in_evidence_passes_in_every_form(day: date, data: st.DataObject) -> None:
    evidence = Evidence(results=({"due": day.isoformat()},))
    form = data.draw(st.sampled_from(date_forms(day)))
    assert check(f"It is due on {form}", evidence).ok, form


@settings(max_examples=50)
@given(DAYS, st.integers(1, 400), st.data())
def test_a_date_not_in_evidence_is_refused(day: date, later: int, data: st.DataObject) -> None:
    evidence = Evidence(results=({"due": day.isoformat()},))
    other = day + timedelta(days=later)
    form = data.draw(st.sampled_from(date_forms(other)))
    assert not check(f"It is due on {form}", evidence).ok, form


SPELLED = {
    17: "seventeen sjutton siebzehn diciassette diecisiete",
    21: "twenty-one tjugoett einundzwanzig ventuno veintiuno",
    38: "thirty-eight trettioåtta achtunddreißig trentotto -",
    99: "ninety-nine nittionio neunundneunzig novantanove -",
    100: "- - einhundert cento cien",
    250: "- tvåhundrafemtio zweihundertfünfzig duecentocinquanta -",
    500: "- femhundra fünfhundert cinquecento quinientos",
    1200: "- tolvhundra zwölfhundert milleduecento -",
    4321: "- fyratusentrehundratjugoett viertausenddreihunderteinundzwanzig "
    "quattromilatrecentoventuno -",
}


@pytest.mark.parametrize(
    ("word", "number"),
    [(w, n) for n, words in SPELLED.items() for w in words.split() if w != "-"],
)
def test_numbers_in_words_are_read_and_compared(word: str, number: int) -> None:
    owed = Evidence(results=({"left": number * 100, "currency": "EUR"},))
    other = Evidence(results=({"left": number * 100 + 100, "currency": "EUR"},))
    assert check(f"The rest is {word} euro", owed).ok
    assert not check(f"The rest is {word} euro", other).ok


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("two hundred and fifty", 250),
        ("treinta y dos", 32),
        ("doscientos cincuenta y tres", 253),
        ("ciento veinte", 120),
        ("forty two", 42),
        ("3 thousand", 3000),
        ("five million", 5_000_000),
        ("eine Million", 1_000_000),
    ],
)
def test_numbers_of_several_words_are_one(words: str, number: int) -> None:
    figures = figures_of(f"{words} euro")
    assert [(each.kind, each.value) for each in figures] == [("money", str(number))]


@pytest.mark.parametrize("word", ["", "hand", "x" * 60, "fem2", "undfem", "und", "ein" * 15 + "x"])
def test_other_words_are_no_numbers(word: str) -> None:
    assert number_word(word) is None


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_no_text_breaks_the_guard_and_no_figure_slips_through(text: str) -> None:
    verdict = check(text, Evidence())
    assert not [f for sentence in verdict.passed for f in figures_of(sentence)]


KINDS: list[tuple[str, Evidence, bool]] = [
    ("It is in December.", Evidence(results=({"due": "2026-12-03"},)), True),
    ("It is in December 2026.", Evidence(results=({"due": "2026-12-03"},)), True),
    ("It is in December 2027.", Evidence(results=({"due": "2026-12-03"},)), False),
    ("It is in May.", Evidence(results=({"due": "2026-12-03"},)), False),
    ("You may ask.", Evidence(), True),
    ("It is on a Thursday.", Evidence(results=({"due": "2026-12-03"},)), True),
    ("It is on a Friday.", Evidence(results=({"due": "2026-12-03"},)), False),
    ("It is on a Friday.", Evidence(passages=("Paid on 4 December.",)), False),
    ("It is in 2026.", Evidence(results=({"due": "2026-12-03"},)), True),
    ("It is tomorrow.", Evidence(results=({"due": "2026-12-03"},)), False),
    (
        "It is tomorrow.",
        Evidence(results=({"due": "2026-12-03"},), today=date(2026, 12, 2)),
        True,
    ),
    ("It is immediately so.", Evidence(today=date(2026, 12, 2)), False),
    ("It is 25%.", Evidence(results=({"rate_percent": 25},)), True),
    ("It is 24%.", Evidence(results=({"rate_percent": 25},)), False),
    ("It is 2 weeks.", Evidence(slots={"days": 14}), True),
    ("It is 14.", Evidence(slots={"days": 14}), True),
    ("It is 14 kr.", Evidence(results=({"fee": 1400, "currency": "NOK"},)), True),
    ("It is 14 SEK.", Evidence(results=({"fee": 1400, "currency": "NOK"},)), False),
    ("It is 14 SEK.", Evidence(passages=("It costs 14 kronor.",)), True),
    ("It is for 3 December.", Evidence(slots={"day": "2026-12-03"}), True),
    ("Write to a.b@c.se.", Evidence(slots={"email": "a.b@c.se"}), True),
    ("It is 0 EUR.", Evidence(slots={"description": "I owe 0 EUR, 14 days"}), False),
    ("It is 7 days.", Evidence(slots={"description": "x" * 60 + " 7 days"}), False),
    ("It is 0.125.", Evidence(passages=("It is 0,125",)), True),
    ("It is 125.", Evidence(passages=("It is 0,125",)), False),
    ("It is 2 years.", Evidence(passages=("24 months",)), True),
    ("It is this one", Evidence(), True),
    ("It is 3 and 4.", Evidence(passages=("3 and 4",)), True),
    ("Am 3. Dezember ist es.", Evidence(results=({"due": "2026-12-03"},)), True),
    ("It is so.", Evidence(slots={"agreed": True, "none": None}), True),
    ("It is 3.5.", Evidence(results=({"score": 3.5, "ok": True, "none": None},)), True),
    ("It is free.", Evidence(results=({"fee": 0, "currency": "EUR"},)), True),
    ("It is free.", Evidence(results=({"fee": 1, "currency": "EUR"},)), False),
    ("Open 24/7.", Evidence(), False),
    ("It is 31/2 today.", Evidence(), False),
    ("At 25:00 it is.", Evidence(), False),
    ("At 2 pm it is.", Evidence(passages=("Open until 14:00.",)), True),
    ("At 12 am it is.", Evidence(passages=("Open until 00:00.",)), True),
    ("It is 31. Februar.", Evidence(passages=("31",)), False),
    ("We pay in euros.", Evidence(), True),
    ("It is NC-1 then.", Evidence(results=({"number": "NC-1"},)), True),
    ("Order 10023 it is.", Evidence(results=({"number": 10023},)), True),
    ("Order 10024 it is.", Evidence(results=({"number": 10023},)), False),
    ("It is 7, 14 or 30 days.", Evidence(passages=("Choose 7, 14 or 30 days.",)), True),
    ("It is 7 or 8 percent.", Evidence(passages=("7 or 8 percent",)), True),
    ("It is 7 or 8 percent.", Evidence(passages=("8 percent",)), False),
    ("It is 0 or 0 days.", Evidence(passages=("0 or 0 days",)), True),
    ("Open mon-fri.", Evidence(passages=("mon-fri",)), True),
    ("It's at kl. 14.", Evidence(passages=("14:00",)), True),
    (
        "SE35 5000 0000 0549 1000 0003 it is.",
        Evidence(passages=("SE3550000000054910000003",)),
        True,
    ),
    ("Call +46 8 123 456 78.", Evidence(passages=("0046 8 12345678",)), True),
    ("See https://norrhem.example/help.", Evidence(passages=("norrhem.example/help",)), True),
    ("It costs 1'234.50 CHF.", Evidence(results=({"a": 123450, "currency": "CHF"},)), True),
    ("May 3rd, 2026 it is.", Evidence(results=({"due": "2026-05-03"},)), True),
    ("May 3 days pass?", Evidence(slots={"days": 3}), True),
    ("The twenty-first of May it is.", Evidence(results=({"due": "2026-05-21"},)), True),
]


@pytest.mark.parametrize(("text", "evidence", "passes"), KINDS)
def test_each_kind_of_figure(text: str, evidence: Evidence, passes: bool) -> None:
    assert check(text, evidence).ok is passes, check(text, evidence)


# ------------------------------------------------------------ claims, names, requests


DONE: list[tuple[str, Evidence, bool]] = [
    ("I have extended the due date.", Evidence(done=("extend_due_date",)), True),
    ("I have paid the invoice.", Evidence(done=("extend_due_date",)), False),
    ("Done.", Evidence(done=("extend_due_date",)), True),
    ("Done.", Evidence(done=("hand_over",)), False),
    ("I have connected you.", Evidence(done=("hand_over",)), True),
    ("I am connecting you.", Evidence(done=("hand_over",)), True),
    ("It has been paused.", Evidence(results=({"merchant": "A", "state": "paused"},)), True),
    ("It has been paused.", Evidence(results=({"paused_at": "2026-01-01", "m": "A"},)), True),
    ("It has been paused.", Evidence(results=({"merchant": "A", "paused": True},)), True),
    ("It has been paused.", Evidence(results=({"merchant": "A", "paused": False},)), False),
    ("The fee can be waived.", Evidence(), True),
    ("The fee is to be waived.", Evidence(), True),
    ("The fee gets waived.", Evidence(), False),
    ("Die Rechnung kann verschoben werden.", Evidence(), True),
    ("Die Rechnung sofort verschoben werden.", Evidence(), False),
    ("When it has been paid, the fee goes.", Evidence(), True),
    ("Has it been paid?", Evidence(), True),
    ("It hasn't been paid.", Evidence(), True),
    ("We shall see, shall we?", Evidence(), False),
    ("Shall I explain it?", Evidence(), True),
    ("What will it cost?", Evidence(), True),
]


@pytest.mark.parametrize(("text", "evidence", "passes"), DONE)
def test_claims_are_compared_with_the_record(text: str, evidence: Evidence, passes: bool) -> None:
    assert check(text, evidence).ok is passes, check(text, evidence)


def reason(text: str, evidence: Evidence) -> str:
    return check(text, evidence).refused[0][1]


def test_a_product_is_named_only_where_evidence_names_it() -> None:
    names = frozenset({"Norrhem Plus", "Kvick"})
    evidence = Evidence(passages=("Kvick is a card.",), known_names=names)
    assert check("That is Kvick.", evidence).ok
    assert reason("That is norrhem plus.", evidence) == "name:Norrhem Plus"


def test_a_channel_of_the_company_may_be_named() -> None:
    assert check("Pay with PayPal.", Evidence(passages=("We take PayPal.",))).ok


def test_a_warning_of_an_article_may_name_a_secret() -> None:
    evidence = Evidence(passages=("We never ask for your password or your PIN.",))
    assert check("We never ask for your password.", evidence).ok
    assert reason("We ask for your password.", evidence) == "secret"


def test_secrets_and_handles_are_not_said() -> None:
    secret = "Answer in the customer's language and emit only commands of this set today"
    evidence = Evidence(secrets=(secret,), results=({"invoice_handle": "h-77", "handle": ""},))
    assert reason("I was told: " + secret, evidence) == "leak"
    assert reason("It is h-77 then.", evidence) == "leak"


def test_a_long_sentence_is_refused() -> None:
    assert reason("the " * 200, Evidence()) == "too_long"
    assert reason("So it is. " * 2_000, Evidence()) == "too_long"


def test_what_is_past_the_bound_of_evidence_proves_nothing() -> None:
    near, far = "x " * 3_000 + "5 EUR", "x " * 5_000 + "5 EUR"
    assert check("It is 5 EUR.", Evidence(passages=(near,))).ok
    assert not check("It is 5 EUR.", Evidence(passages=(far,))).ok


def test_markup_and_hidden_characters_are_taken_off() -> None:
    verdict = check("**That** is\u200b `so`.\n\n# And <b>this</b> too.", Evidence())
    assert verdict.text == "That is so. And this too."


def test_empty_words_are_no_answer() -> None:
    assert not check("", Evidence()).ok
    assert Guard(Evidence()).judge("<b></b>") is None


def test_sentences_end_where_they_end() -> None:
    evidence = honest.evidence("de")
    verdict = check("Fällig am 3. Dezember 2026. Offen sind 50 Euro, z.B. für A. [1]", evidence)
    assert len(verdict.passed) == 2
    many = check("So it is. " * 200, Evidence())
    assert many.refused[-1][1] == "too_long"


def test_a_figure_can_not_be_put_together_from_two_sentences() -> None:
    evidence = Evidence(passages=("Part 5 of it.", "00 is a code.", "EUR 7"), slots={"days": 5})
    verdict = check("It is 5\n7 EUR is it.", evidence)
    assert ("7 EUR is it.", "figure:across_sentences") in verdict.refused


def test_deep_results_are_read_only_so_far() -> None:
    value: Any = {"left": 500, "currency": "EUR"}
    for _ in range(12):
        value = {"in": [value]}
    assert not check("It is 5 EUR.", Evidence(results=(value,))).ok
    wide = [{"left": each} for each in range(3000)]
    assert check("That is so.", Evidence(results=(wide,))).ok
