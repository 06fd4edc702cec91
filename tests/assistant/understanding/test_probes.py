"""Floors on sentences that were written before anybody tuned on them (see ``probes/``)."""

from pathlib import Path

import pytest

from alltid.assistant.understanding import understand, wish_for_human

PROBES = Path(__file__).with_name("probes")
LANGUAGES = sorted(path.stem for path in PROBES.glob("*.tsv"))
MAIN = ["da", "de", "en", "es", "fi", "fr", "it", "nb", "nl", "pl", "pt", "sv"]
RECALL_FLOOR = {True: 0.95, False: 0.9}
FALSE_ALARMS_CEILING = {True: 0.05, False: 0.1}
"""For main languages, and for those with a quarter as many sentences."""
LANGUAGE_FLOOR = 0.9


def _probes(code: str) -> list[tuple[bool, str]]:
    lines = (PROBES / f"{code}.tsv").read_text(encoding="utf-8").splitlines()
    return [(flag == "1", text) for flag, text in (line.split("\t") for line in lines)]


def _heard(probes: list[tuple[bool, str]], *, wish: bool) -> float:
    heard = [wish_for_human(text).wanted for wanted, text in probes if wanted is wish]
    return sum(heard) / len(heard)


@pytest.mark.parametrize("code", LANGUAGES)
def test_wishes_are_heard(code: str) -> None:
    assert _heard(_probes(code), wish=True) >= RECALL_FLOOR[code in MAIN]


@pytest.mark.parametrize("code", LANGUAGES)
def test_look_alikes_are_not(code: str) -> None:
    assert _heard(_probes(code), wish=False) <= FALSE_ALARMS_CEILING[code in MAIN]


def test_all_languages_together() -> None:
    probes = [probe for code in LANGUAGES for probe in _probes(code)]
    assert _heard(probes, wish=True) >= 0.97
    assert _heard(probes, wish=False) <= 0.02


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_language_is_recognised(code: str) -> None:
    probes = _probes(code)
    right = sum(understand(text).language == code for _, text in probes)
    assert right / len(probes) >= LANGUAGE_FLOOR


@pytest.mark.parametrize("code", MAIN)
def test_there_are_enough_probes(code: str) -> None:
    wishes = [wanted for wanted, _ in _probes(code)]
    assert sum(wishes) >= 40
    assert len(wishes) - sum(wishes) >= 40


def test_sentences_that_were_tuned_on_stay_heard() -> None:
    lines = (PROBES.parent / "tuned.tsv").read_text(encoding="utf-8").splitlines()
    tuned = [(flag == "1", text) for _, flag, text in (line.split("\t") for line in lines)]
    assert _heard(tuned, wish=True) >= 0.95
    assert _heard(tuned, wish=False) <= 0.03
