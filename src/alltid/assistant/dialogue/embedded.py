"""Reads a customer without any model: the first understanding, intents, and the open question.

What was asked last is looked at first: most messages in the middle of a procedure answer it.
Then comes a new matter, by the examples that the procedures bring along; then a question that
an article may answer. Where it isn't sure it says so, and money needs more to be sure.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from alltid.assistant.dialogue.answering import Answered, answer_of, begun_with, values_for
from alltid.assistant.dialogue.commands import (
    AskKnowledge,
    Cancel,
    Clarify,
    DialogueCommand,
    SmallTalk,
    StartPlaybook,
)
from alltid.assistant.dialogue.hearing import AT_ONCE_CHARACTERS_MAX
from alltid.assistant.dialogue.parting import two_parts
from alltid.assistant.dialogue.understander import Context, PlaybookHint, Reading
from alltid.assistant.understanding.answers import Reply, read_reply
from alltid.assistant.understanding.lines import Guess
from alltid.assistant.wording import small_talk

# From here on a procedure is begun; with money behind it, it has to be surer.
SURE: Final = 0.5
SURE_OF_MONEY: Final = 0.6
# What only reads and tells can do no harm.
SURE_TO_READ: Final = 0.4
# A part of a message has to say by itself what it is about.
SURE_OF_PART: Final = 0.6
# In the middle of another procedure a new one has to be surer still.
SURE_AMIDST: Final = 0.7
# Between this and being sure, the best are shown to choose from.
LIKELY: Final = 0.3
POSSIBLE: Final = 0.15
# A second within this of the first makes it unclear which is meant.
MARGIN: Final = 0.15
CHOICES_MOST: Final = 3
BY: Final = "embedded"
_ASKING: Final = re.compile(r"[?\uff1f]|\A\W*\u00bf")
_WORD: Final = re.compile(r"[^\W_]+")
_PART: Final = re.compile(r"[,.;!\n]+")
_FEW_WORDS: Final = 4
_MATTER_WORDS: Final = 3
# In the middle of a procedure more words than this may be a question without its mark.
_SHORT_WORDS: Final = 6


class Intents(Protocol):
    """Tells which procedure a text is about; `intents.reader.IntentReader` does."""

    def read(self, text: str, language: str = "und") -> Guess:
        """Return the guess."""
        ...


class EmbeddedUnderstander:
    """Reads texts as commands, deterministically, on this machine."""

    def __init__(self, intents: Intents) -> None:
        """Tell matters by `intents`, whose labels are playbooks' ids."""
        self._intents = intents

    async def read(self, context: Context) -> Reading:
        """Return the reading; what takes long is done in a thread of its own."""
        if len(context.text) > AT_ONCE_CHARACTERS_MAX:
            return await asyncio.to_thread(self.read_now, context)
        begun = _without_intents(context)
        if isinstance(begun, Reading):
            return begun
        return await asyncio.to_thread(self._matter, context, *begun)

    def read_now(self, context: Context) -> Reading:
        """Return the reading."""
        begun = _without_intents(context)
        return begun if isinstance(begun, Reading) else self._matter(context, *begun)

    def _matter(self, context: Context, reply: Reply, answered: Answered | None) -> Reading:
        guess = self._intents.read(context.text, context.heard.language)
        known = {hint.id: hint for hint in context.playbooks}
        in_parts = () if context.path else self._in_parts(context, known, guess)
        if in_parts:
            how = {"intent": guess.label, "because": "in_parts"}
            return Reading(in_parts, in_parts[-1].confidence, BY, how)
        top = [(known[label], sure) for label, sure in guess.top if label in known]
        commands = _commands(context, guess, top, answered)
        trace: dict[str, Any] = {
            "intent": guess.label,
            "top": [(hint.id, round(sure, 3)) for hint, sure in top],
            "because": "matter",
        }
        if not commands and answered is not None:
            # Not sure that it is an answer, and nothing else fits: let the procedure say what
            # it needs.
            return Reading(answered.commands, 0.5, BY, {**trace, "because": answered.because})
        if not commands and not reply.again:
            commands = (_question(context, top),)
        confidence = guess.confidence if commands else 1.0
        return Reading(commands, confidence, BY, trace)

    def _in_parts(
        self, context: Context, known: Mapping[str, PlaybookHint], whole: Guess
    ) -> tuple[StartPlaybook, ...]:
        """Read a message in two parts: two matters, or one that the rest of it hides.

        Of two matters one only reads, and is told first; the other acts.
        """
        # What the whole may be about as well; a part says it more clearly than all of it.
        possible = {label for label, sure in whole.top if sure >= POSSIBLE}
        unsure = whole.label is None or whole.confidence < SURE_OF_MONEY
        # Where the whole is clear, or signals are heard, one sure part changes nothing.
        both_needed = not unsure or bool(context.heard.signals)
        for parts in two_parts(context.text):
            sure: list[tuple[PlaybookHint, StartPlaybook]] = []
            for part in parts:
                found = self._surely(part, context, known)
                if found is not None:
                    sure.append(found)
                elif both_needed:  # the other part costs the encoder as much as the whole
                    break
            ids = {hint.id for hint, _ in sure}
            # What is heard beside a matter is dealt with first, by a person.
            if len(ids) == 1 and ids <= possible and not both_needed:
                return (sure[0][1],)
            both = len(ids) > 1 and whole.label in {None, *ids}
            if both and {hint.acts for hint, _ in sure} == {True, False}:
                return tuple(start for _, start in sorted(sure, key=lambda each: each[0].acts))
        return ()

    def _surely(
        self, part: str, context: Context, known: Mapping[str, PlaybookHint]
    ) -> tuple[PlaybookHint, StartPlaybook] | None:
        guess = self._intents.read(part, context.heard.language)
        hint = known.get(guess.label or "")
        if hint is None or guess.confidence < SURE_OF_PART:
            return None
        entities = tuple(each for each in context.heard.entities if each.text in part)
        about = replace(context, text=part, heard=replace(context.heard, entities=entities))
        values = begun_with(hint.slots, about)
        return hint, StartPlaybook(hint.id, values, guess.confidence)


def _without_intents(context: Context) -> Reading | tuple[Reply, Answered | None]:
    """Read what no example is needed for: a cancel, a sure answer, small talk.

    Else return what was found of an answer. The encoder is not asked where it changes nothing.
    """
    action = () if context.question is None else context.question.action
    reply = read_reply(context.text, action)
    if context.path and (reply.cancels or _cancels_in_parts(context.text)):
        return _sure(Cancel(), because="cancels")
    answered = answer_of(context, reply) if context.question is not None else None
    if answered is not None and answered.surely:
        return _sure(*answered.commands, because=answered.because)
    talk = small_talk(context.text, context.language)
    if talk is not None:
        return _sure(SmallTalk(talk[0].value), because="small_talk")
    return reply, answered


def _commands(
    context: Context,
    guess: Guess,
    top: Sequence[tuple[PlaybookHint, float]],
    answered: Answered | None,
) -> tuple[DialogueCommand, ...]:
    """Return what begins a new matter, none when the text is about none."""
    if not top:
        return ()
    best, sure = top[0]
    alone = len(top) == 1 or sure - top[1][1] > MARGIN
    if context.path:
        return () if guess.label is None else _amidst(context, best, sure, answered)
    if not best.acts and sure >= SURE_TO_READ and alone:
        return (StartPlaybook(best.id, begun_with(best.slots, context), sure),)
    if guess.label is None:
        return _perhaps(context, top)
    needed = SURE_OF_MONEY if best.money else SURE
    near = [hint for hint, other in top[:CHOICES_MOST] if sure - other <= MARGIN]
    if sure >= needed and len(near) == 1:
        return (StartPlaybook(best.id, begun_with(best.slots, context), sure),)
    return (_likely(top),) if sure >= LIKELY else ()


def _amidst(
    context: Context, best: PlaybookHint, sure: float, answered: Answered | None
) -> tuple[DialogueCommand, ...]:
    """Return what begins another matter in the middle of one: a word or two is none."""
    if len(_WORD.findall(context.text)) < _MATTER_WORDS:
        return ()
    if best.id in context.path:
        values = values_for(best.slots, context)
        return (StartPlaybook(best.id, values, sure),) if values and answered is None else ()
    # "What does it cost?" is for the articles; what only reads answers it as well.
    asks = best.acts and _ASKING.search(context.text) is not None
    if sure < SURE_AMIDST or asks:
        return ()
    return (StartPlaybook(best.id, begun_with(best.slots, context), sure),)


def _perhaps(
    context: Context, top: Sequence[tuple[PlaybookHint, float]]
) -> tuple[DialogueCommand, ...]:
    """Where none is likely enough: a question goes to the articles first, then it is asked."""
    if top[0][1] < LIKELY:
        return ()
    asks = _ASKING.search(context.text) is not None
    return (AskKnowledge(context.text), _likely(top)) if asks else (_likely(top),)


def _likely(top: Sequence[tuple[PlaybookHint, float]]) -> Clarify:
    likely = [hint for hint, other in top[:CHOICES_MOST] if other >= POSSIBLE]
    return Clarify(tuple(hint.id for hint in likely))


def _question(context: Context, top: Sequence[tuple[PlaybookHint, float]]) -> DialogueCommand:
    """Ask the articles; a few words that aren't a question may rather be a matter unnamed."""
    words = len(_WORD.findall(context.text))
    asks = _ASKING.search(context.text) is not None
    if context.path and not asks and words <= _SHORT_WORDS:
        return Clarify()
    if words < _FEW_WORDS and not asks:
        likely = [hint.id for hint, sure in top if sure >= LIKELY][:CHOICES_MOST]
        if likely and not context.path:
            return Clarify(tuple(likely))
    return AskKnowledge(context.text)


def _cancels_in_parts(text: str) -> bool:
    """Tell words like "never mind, forget it": short, and a part of them cancels by itself."""
    parts = _PART.split(text)
    few = len(_WORD.findall(text)) <= _SHORT_WORDS
    return few and len(parts) > 1 and any(read_reply(part).cancels for part in parts)


def _sure(*commands: DialogueCommand, because: str) -> Reading:
    return Reading(commands, 1.0, BY, {"because": because})
