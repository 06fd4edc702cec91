# ruff: noqa: RUF001 - other scripts are the point
"""The full look: language and wish together, for one message and for a stream of lines."""

import json

import pytest

from alltid.assistant.understanding import understand, understand_lines, wish_for_human
from tests.assistant.understanding.sentences import MAIN, sentences


def test_language_of_short_sentences() -> None:
    found = [
        (code, understand(sentence.text).language)
        for code in MAIN
        for sentence in sentences("heldout", code)
    ]
    right = sum(expected == got for expected, got in found)
    assert right / len(found) >= 0.95


@pytest.mark.parametrize(
    ("text", "language"),
    [("Хочу поговорить с человеком", "ru"), ("我要转人工", "zh"), ("人と話したいです", "ja")],
)
def test_scripts_tell_the_language(text: str, language: str) -> None:
    found = understand(text)
    assert found.language == language
    assert found.wants_human


@pytest.mark.parametrize("text", ["", "   ", "12345", "?!", "😀"])
def test_what_holds_no_letters_is_undetermined_unless_hinted(text: str) -> None:
    assert understand(text).language == "und"
    assert understand(text, hint="sv").language == "sv"
    assert not understand(text).wants_human


def test_a_hint_decides_only_close_calls() -> None:
    assert understand("ok", hint="fi").language == "fi"
    assert understand("Ich möchte mein Konto kündigen", hint="fi").language == "de"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hej", "sv"),
        ("hello", "en"),
        ("takk", "nb"),
        ("goddag", "da"),
        ("moi", "fi"),
        ("hallo", "de"),
        ("bedankt", "nl"),
        ("bonjour", "fr"),
        ("ciao", "it"),
        ("hola", "es"),
        ("olá", "pt"),
        ("cześć", "pl"),
        ("děkuji", "cs"),
        ("ďakujem", "sk"),
        ("köszönöm", "hu"),
        ("mulțumesc", "ro"),
        ("merhaba", "tr"),
        ("спасибо", "ru"),
        ("дякую", "uk"),
        ("aitäh", "et"),
        ("paldies", "lv"),
        ("ačiū", "lt"),
    ],
)
def test_greetings_tell_the_language(text: str, language: str) -> None:
    assert understand(text).language == language


@pytest.mark.parametrize(
    ("text", "hint"), [("hej", "da"), ("hej", "pl"), ("hallo", "nl"), ("iPhone 12", "sv")]
)
def test_a_hint_decides_what_is_shared_or_unknown(text: str, hint: str) -> None:
    assert understand(text, hint=hint).language == hint


@pytest.mark.parametrize("text", ["human please", "hej", "quiero hablar con alguien"])
def test_both_looks_agree_on_the_wish(text: str) -> None:
    full, first = understand(text), wish_for_human(text)
    assert (full.wants_human, full.score) == (first.wanted, first.score)


def test_each_line_gives_one_object() -> None:
    lines = [
        "I want a human\n",
        "\n",
        "broken \udcff\udcfe bytes\r\n",
        "x" * 1_000_000 + " i want to talk to a human\n",
    ]
    found = [json.loads(line) for line in understand_lines(lines)]
    assert [one["wants_human"] for one in found] == [True, False, False, True]
    assert all({"wants_human", "language", "score"} <= one.keys() for one in found)
