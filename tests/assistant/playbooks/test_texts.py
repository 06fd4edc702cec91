"""Expressions and templates."""

from typing import Any

import pytest

from alltid.assistant.playbooks.expressions import (
    ExpressionFailed,
    bounded,
    evaluate,
    holds,
    names_in,
)
from alltid.assistant.playbooks.templates import (
    Used,
    Wordings,
    locale_of,
    number,
    parts_of,
    places_of,
    render,
)

VALUES: dict[str, Any] = {
    "quote": {"fee": 123450, "currency": "SEK", "due": "2026-12-03", "at": "2026-12-03T10:00:00Z"},
    "items": [
        {"n": "a", "amount": 1200, "currency": "JPY"},
        {"n": "b", "amount": 999, "currency": "EUR"},
    ],
    "slots": {"why": "moved", "words": "a\n\u202eb"},
    "codes": ["late", "odd"],
}
WORDINGS = Wordings(
    {"why": {"moved": "I moved"}},
    {"row": "{item.n}: {item.amount|money}", "why_late": "too late", "why_other": "something"},
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("sum(items.map(i, i.amount))", 2199),
        ("sum(quote)", None),
        ("sum([true])", None),
        ("days('2026-11-22', quote.due)", 11),
        ("days('x', quote.due)", None),
        ("days(1, 2)", None),
        ("distinct(items.map(i, i.n))", True),
        ("distinct([1, 1])", False),
        ("distinct(1)", None),
        ("has(slots.gone) ? 1 : 2", 2),
        ("true", True),
        ("quote.fee", 123450),
        ("{'a': 1.5}", {"a": 1.5}),
    ],
)
def test_what_expressions_come_to(expression: str, value: Any) -> None:
    assert evaluate(expression, VALUES) == value


@pytest.mark.parametrize(
    "expression",
    [
        "gone", "slots.gone", "slots.why.gone", "1 +", "1 / 0", "'a' + 1", "b'x'", "frob(1)",
        "1.0 / 0.0",
        "x" * 501, "[1].map(a, [1].map(b, [1].map(c, [1].map(d, a))))", "((((" * 100,
        "timestamp('2020-01-01T00:00:00Z')", "9223372036854775807 + 1",
    ],
)  # fmt: skip
def test_what_fails_fails_clearly(expression: str) -> None:
    with pytest.raises(ExpressionFailed):
        evaluate(expression, VALUES)


def test_conditions_are_true_or_false_and_nothing_else() -> None:
    assert holds("quote.fee > 5", VALUES)
    for odd in ("quote.fee", "'true'", "null", "gone || quote.fee > 5 && gone"):
        with pytest.raises(ExpressionFailed):
            holds(odd, VALUES)


def test_names_are_found_and_words_in_quotes_are_none() -> None:
    names = names_in("slots.a == 'slots.b' && list.exists(x, x.y > chosen.c.d) || facts.today > z")
    assert names.variables == {"slots", "list", "chosen", "facts", "z"}
    assert names.slots == {"a", "c"}
    assert names.facts == {"today"}


@pytest.mark.parametrize(
    "value",
    [10**30, "x" * 4001, [1] * 201, {str(n): n for n in range(201)}, float("inf"), b"x", object()],
)
def test_what_is_too_large_or_odd_is_refused(value: Any) -> None:
    with pytest.raises(ExpressionFailed):
        bounded(value)
    deep: Any = 1
    for _ in range(10):
        deep = [deep]
    with pytest.raises(ExpressionFailed):
        bounded(deep)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{quote.fee|money}", "SEK\u00a01,234.50"),
        ("{quote.fee|money(quote.currency)}", "SEK\u00a01,234.50"),
        ("{sum([1, 2])|money('EUR')}", "€0.03"),
        ("{quote.due|date} {quote.at|date}", "3 December 2026 3 December 2026"),
        ("{items.map(i, i.n)|list}", "a and b"),
        ("{1234567|number} {1.5|number}", "1,234,567 1.5"),
        ("{slots.words|quote}", "“a b”"),
        ("{slots.why|label}", "I moved"),
        ("{codes[0]|text(why)}: {codes|text(why)|list}", "too late: too late and something"),
        ("{items|each(row)}", "a: JP¥1,200\nb: €9.99"),
        ("{{{'a}b' == 'x' || true ? '|' : \"{\"}}}", "{|}"),
        ("{{'a': 1}.a}", None),
        ("{ {'a': 1}.a }", "1"),
        ("plain", "plain"),
    ],
)
def test_templates(template: str, text: str | None) -> None:
    if text is None:
        with pytest.raises(ExpressionFailed):
            render(template, VALUES, "en", WORDINGS)
    else:
        assert render(template, VALUES, "en", WORDINGS).text == text


def test_languages_write_figures_their_own_way() -> None:
    template = "{quote.fee|money}, {quote.due|date}, {slots.words|quote}"
    written = {each: render(template, VALUES, each).text for each in ("sv", "de", "it", "es", "xx")}
    assert written["sv"] == "1\u00a0234,50\u00a0kr, 3 december 2026, ”a b”"
    assert written["de"] == "1.234,50\u00a0SEK, 3. Dezember 2026, „a b“"
    assert written["it"].startswith("1.234,50")
    assert written["es"].endswith("3 de diciembre de 2026, «a b»")
    assert written["xx"] == "SEK\u00a01,234.50, 3 December 2026, “a b”"
    assert locale_of("x y") == "en_GB"


def test_every_value_that_is_shown_is_reported() -> None:
    rendered = render("{quote.fee|money} {items|each(row)}", VALUES, "en", WORDINGS)
    assert rendered.used[0] == Used("quote.fee", 123450, "SEK\u00a01,234.50")
    assert [used.value for used in rendered.used[1:]] == ["a", 1200, "b", 999]


@pytest.mark.parametrize(
    "template",
    [
        "{quote.due|money}", "{true|money('SEK')}", "{sum([1])|money}", "{1|money('XXX')}",
        "{1|date}", "{'x'|date}", "{'x'|number}", "{true|number}", "{1|list}", "{items}", "{null}",
        "{slots.words|label}", "{1|label}", "{1|each(row)}", "{quote.gone}", "{1.5}",
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_not_shown(template: str) -> None:
    with pytest.raises(ExpressionFailed):
        render(template, VALUES, "en", WORDINGS)


@pytest.mark.parametrize(
    "template", ["{", "a } b", "{}", "{a|frob}", "{a|date(x)}", "{a|each}", "{a|text}", "{1 +}"]
)
def test_templates_that_are_none(template: str) -> None:
    with pytest.raises(ExpressionFailed):
        places_of(template)


def test_a_place_is_an_expression_and_filters() -> None:
    (_, place, _) = parts_of("a {x ? [1|2, 3] : {'b': '}'}|list|quote} b")
    assert not isinstance(place, str)
    assert place.expression == "x ? [1|2, 3] : {'b': '}'}"
    assert [each.name for each in place.filters] == ["list", "quote"]
    with pytest.raises(ExpressionFailed):
        number("x", "en")
