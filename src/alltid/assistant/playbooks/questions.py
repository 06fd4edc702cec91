"""Open questions and the cards that show them. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from alltid.assistant.playbooks.following import ToAsk, ToConfirm
from alltid.assistant.playbooks.playbook import ChoiceSlot, ObjectSlot, Slot
from alltid.assistant.playbooks.state import Dialogue, Offered, OpenQuestion
from alltid.conversations.events import Card, Choice

BUTTONS_MAX: Final = 10
WORDING_CHARACTERS_MAX: Final = 2_000
LABEL_CHARACTERS_MAX: Final = 120
YES: Final = "yes"
NO: Final = "no"


def question_of(
    slot: Slot, stop: ToAsk, wording: str, dialogue: Dialogue
) -> tuple[OpenQuestion, Card | None]:
    """Return the question for a slot; with a card where there are answers to press."""
    playbook = dialogue.frames[-1].playbook
    offered = [
        (each.handle, each.label[:LABEL_CHARACTERS_MAX]) for each in stop.candidates[:BUTTONS_MAX]
    ]
    digest = _digest([playbook, stop.slot, *offered])
    serial = _serial(dialogue, digest)
    question = OpenQuestion(
        kind="slot",
        playbook=playbook,
        slot=stop.slot,
        type=slot.type,
        wording=wording[:WORDING_CHARACTERS_MAX],
        offered=_buttons(offered, digest, serial),
        digest=digest,
        serial=serial,
    )
    if not isinstance(slot, ObjectSlot | ChoiceSlot):
        return question, None
    choices = tuple(Choice(each.id, each.label) for each in question.offered)
    return question, Card("choose", question.wording, choices)


def confirmation_of(stop: ToConfirm, dialogue: Dialogue) -> tuple[OpenQuestion, Card]:
    """Return the question that asks for a yes to an action, bound to all that its card shows."""
    serial = _serial(dialogue, stop.digest)
    card = stop.card
    question = OpenQuestion(
        kind="confirm",
        playbook=dialogue.frames[-1].playbook,
        slot="",
        type="boolean",
        wording=card.title[:WORDING_CHARACTERS_MAX],
        step=stop.step,
        offered=_buttons([(YES, card.yes), (NO, card.no)], stop.digest, serial),
        digest=stop.digest,
        serial=serial,
    )
    yes, no = question.offered
    choices = (Choice(yes.id, yes.label, "primary"), Choice(no.id, no.label))
    return question, Card("confirm", card.title, choices, card.lines, stop.proposal.hash)


def _buttons(offered: list[tuple[str, str]], digest: str, serial: int) -> tuple[Offered, ...]:
    """An id names the question that it belongs to: a button of another one is told apart."""
    return tuple(
        Offered(f"{serial}.{digest[:8]}.{at}", value, label)
        for at, (value, label) in enumerate(offered)
    )


def _serial(dialogue: Dialogue, digest: str) -> int:
    open_ = dialogue.question
    same = open_ is not None and open_.digest == digest
    return dialogue.serial if same else dialogue.serial + 1


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
