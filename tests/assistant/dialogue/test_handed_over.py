"""Each row of the policy, from a customer's own words in five languages to who takes over."""

from __future__ import annotations

import pytest

from alltid.assistant.wording import wording
from tests.assistant.dialogue.company import COMPANY, Assistant

pytestmark = pytest.mark.anyio

SAID = {
    "self_harm": {
        "en": "I want to kill myself",
        "sv": "jag vill ta mitt liv",
        "de": "ich will mich umbringen",
        "it": "voglio uccidermi",
        "es": "quiero suicidarme",
    },
    "bereavement": {
        "en": "my husband has died",
        "sv": "min man har dött",
        "de": "mein Mann ist gestorben",
        "it": "mio marito è morto",
        "es": "mi marido ha muerto",
    },
    "illness": {
        "en": "I have cancer and I am in hospital",
        "sv": "jag har cancer och ligger på sjukhus",
        "de": "ich habe Krebs und liege im Krankenhaus",
        "it": "ho il cancro e sono in ospedale",
        "es": "tengo cáncer y estoy en el hospital",
    },
    "fraud": {
        "en": "someone has hacked my account",
        "sv": "någon har hackat mitt konto",
        "de": "jemand hat mein Konto gehackt",
        "it": "qualcuno ha hackerato il mio account",
        "es": "alguien ha hackeado mi cuenta",
    },
    "complaint": {
        "en": "I want to make a complaint",
        "sv": "jag vill lämna in ett klagomål",
        "de": "ich möchte eine Beschwerde einreichen",
        "it": "voglio presentare un reclamo",
        "es": "quiero presentar una queja",
    },
}
SKILLS = {
    "self_harm": "vulnerable",
    "bereavement": "vulnerable",
    "illness": "vulnerable",
    "fraud": "fraud",
    "complaint": "complaints",
}
STARTS_A_CLOCK = {"fraud", "complaint"}


@pytest.mark.parametrize(("because", "language"), [(b, la) for b in SAID for la in SAID[b]])
async def test_it_goes_to_a_person_at_once_in_every_language(because: str, language: str) -> None:
    talk = Assistant().talk(language)
    exchange = await talk.say(SAID[because][language])
    answer = exchange.answer
    assert answer is not None
    assert answer.hands_over is not None, exchange.trace
    assert (answer.hands_over.because, answer.hands_over.skill) == (because, SKILLS[because])
    words = wording(language)
    assert answer.language == language
    assert words.say(f"reason_{because}", COMPANY) in answer.text
    assert words.say("takes_over", COMPANY) in answer.text
    assert ("2026" in answer.text) == (because in STARTS_A_CLOCK)
    assert exchange.packet["because"] == because


@pytest.mark.parametrize("language", ["en", "sv", "de", "it", "es"])
async def test_what_is_not_understood_is_offered_and_then_handed_over(language: str) -> None:
    talk = Assistant().talk(language)
    acts = []
    for text in ("florp?", "grumble wump?", "snarf?", "blorp?", "wump?"):
        exchange = await talk.say(text)
        acts.append(exchange.trace["policy"]["act"])
        if exchange.waiting:
            break
    assert acts[-2:] == ["offer", "hand_over"]
