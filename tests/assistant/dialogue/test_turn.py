"""A turn from what the customer wrote to the answer, with the example lender's own rules."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from alltid.assistant.answerer import Answer
from alltid.assistant.dialogue.commands import Affirm
from alltid.assistant.dialogue.fallback import FallbackUnderstander
from alltid.assistant.dialogue.harness import Conversation, Exchange
from alltid.assistant.dialogue.understander import Context, Reading, ReadingError
from alltid.assistant.dialogue.work import Piece, Tools, Work
from alltid.assistant.tools.tool import Proposal, ToolCall, ToolFailed, ToolResult
from alltid.assistant.wording import wording
from alltid.conversations.events import Card, Chosen
from tests.assistant.dialogue.company import COMPANY, Assistant

pytestmark = pytest.mark.anyio
EXTEND = "extend my Skoboden invoice by 10 days pls"


def said(language: str, name: str, **values: str) -> str:
    return wording(language).say(name, COMPANY, **values)


def answer_in(exchange: Exchange) -> Answer:
    assert exchange.answer is not None
    return exchange.answer


def card_in(exchange: Exchange) -> Card:
    card = answer_in(exchange).card
    assert card is not None, answer_in(exchange).text
    return card


async def confirming(talk: Conversation, wish: str = EXTEND) -> Exchange:
    """Come as far as the card that asks for a yes."""
    exchange = await talk.say(wish)
    assert card_in(exchange).kind == "confirm", answer_in(exchange).text
    return exchange


async def test_an_action_is_done_once_and_only_after_its_yes() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    exchange = await confirming(talk)
    assert assistant.done == []
    yes = card_in(exchange).choices[0].id
    done = await talk.press(yes)
    assert assistant.done == [("extend_due_date", "executed")]
    assert answer_in(done).card is None
    again = await talk.press(yes)
    assert said("en", "stale_card") in answer_in(again).text
    assert len(assistant.done) == 1


async def test_a_no_and_a_cancel_leave_everything_as_it_is() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    await talk.say("no")
    await confirming(talk)
    left = await talk.say("cancel")
    assert answer_in(left).card is None
    assert assistant.done == []


async def test_another_object_that_is_not_named_is_asked_for() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    exchange = await talk.say("no, not that one, the other invoice")
    assert card_in(exchange).kind == "choose"
    left = await talk.say("never mind, forget it")
    assert answer_in(left).card is None
    assert assistant.done == []


async def test_a_correction_makes_another_card_and_the_old_one_is_stale() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    first = await confirming(talk)
    second = await talk.say("no, 12 days")
    assert card_in(second).lines != card_in(first).lines
    stale = await talk.press(card_in(first).choices[0].id, card=first.version)
    assert answer_in(stale).text.startswith(said("en", "stale_card"))
    assert card_in(stale).kind == "confirm"
    assert assistant.done == []
    await talk.say("yes")
    assert assistant.done == [("extend_due_date", "executed")]


async def test_a_question_in_between_is_answered_and_what_was_open_comes_back() -> None:
    talk = Assistant().talk()
    await confirming(talk)
    between = answer_in(await talk.say("how long is a gift card valid?"))
    assert "A gift card lasts two years." in between.text
    assert [source.url for source in between.sources] == ["/help/en/gift-cards"]
    assert between.card is not None
    assert between.card.kind == "confirm"


async def test_what_was_asked_days_ago_is_read_anew_before_anything_is_done() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    assistant.clock.advance(3 * 86_400)
    exchange = await talk.say("yes")
    # The date on the card has moved with the days: another action, another yes.
    assert assistant.done == []
    assert card_in(exchange).kind == "confirm"
    await talk.say("yes")
    assert assistant.done == [("extend_due_date", "executed")]


async def test_several_messages_at_once_are_one_turn_and_a_yes_stands_alone() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    talk.write("yes")
    talk.write("how long is a gift card valid?")
    answer = answer_in(await talk.answered())
    assert assistant.done == [("extend_due_date", "executed")]
    assert "A gift card lasts two years." in answer.text


async def test_another_language_in_mid_procedure_is_answered_in_it() -> None:
    talk = Assistant().talk()
    await confirming(talk)
    exchange = await talk.say("Entschuldigung, ich möchte lieber 12 Tage bitte")
    assert answer_in(exchange).language == "de"


async def test_a_guest_is_told_to_sign_in_and_no_tool_is_asked() -> None:
    assistant = Assistant()
    exchange = await assistant.talk(principal=None).say(EXTEND)
    answer = answer_in(exchange)
    assert said("en", "sign_in_first") in answer.text
    assert answer.offer_human
    assert "tools" not in exchange.trace


async def test_grief_in_mid_procedure_stops_it_and_hands_everything_over() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    exchange = await talk.say("my husband has died")
    answer = answer_in(exchange)
    assert answer.hands_over is not None
    assert (answer.hands_over.because, answer.hands_over.skill) == ("bereavement", "vulnerable")
    assert answer.card is None
    packet = exchange.packet
    assert packet["row"] == "vulnerability"
    assert packet["open_playbook"] == "extend_due_date"
    assert {each["slot"] for each in packet["given"]} == {"invoice", "days"}
    assert ("tool", "list_invoices") in {(each["kind"], each["name"]) for each in packet["tried"]}
    assert packet["language"] == "en"
    # Beside the queue it may still help, and hands nobody over twice.
    beside = answer_in(await talk.say("my mother has died as well"))
    assert beside.hands_over is None
    assert said("en", "stays_in_line") in beside.text
    assert assistant.done == []


async def test_a_procedure_that_cares_for_a_dispute_goes_first_and_ends_with_a_person() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    exchange = await talk.say("I never bought this thing from Gadgetino")
    for _ in range(4):
        answer = answer_in(exchange)
        if answer.hands_over is not None:
            break
        exchange = await talk.press(card_in(exchange).choices[0].id)
    assert assistant.done == [("dispute_purchase", "executed")]
    assert answer_in(exchange).hands_over is not None
    assert exchange.packet["row"] == "playbook_rule"


async def test_not_understood_is_asked_again_then_a_person_offered_then_handed_over() -> None:
    talk = Assistant().talk()
    await confirming(talk)
    acts = []
    for text in ("florp", "grumble wump", "snarf"):
        exchange = await talk.say(text)
        acts.append(exchange.trace["policy"]["act"])
    assert acts == ["none", "offer", "hand_over"]


async def test_the_same_matter_twice_without_an_end_offers_a_person() -> None:
    talk = Assistant().talk()
    for _ in range(2):
        await talk.say("how long is a gift card valid?")
    third = await talk.say("how long is a gift card valid?")
    assert third.trace["policy"]["row"] == "same_problem_twice"
    assert answer_in(third).offer_human


class Refuses:
    """Lets nothing out that a procedure says."""

    def reasons_against(self, pieces: Sequence[Piece], work: Work) -> list[str | None]:
        return ["figure" if piece.voice == "procedure" else None for piece in pieces]


async def test_what_the_guard_refuses_twice_is_never_said_and_offers_a_person() -> None:
    talk = Assistant().talk(guard=Refuses())
    first = await talk.say("what do I owe you")
    assert answer_in(first).text == said("en", "reason_guard_refused")
    second = await talk.say("when is my next bill due?")
    assert second.trace["policy"]["row"] == "guard_refused_twice"
    assert answer_in(second).offer_human


class Fails:
    """A model that is down."""

    async def read(self, context: Context) -> Reading:
        raise ReadingError("rate_limited")


class SaysYes:
    """A model that agrees to everything in the customer's place."""

    async def read(self, context: Context) -> Reading:
        return Reading((Affirm(),), 1.0, "model")


async def test_a_model_that_fails_changes_nothing_for_the_customer() -> None:
    assistant = Assistant()
    down = FallbackUnderstander(Fails(), assistant.parts.understander)
    talk = assistant.talk(understander=down)
    first = await confirming(talk)
    assert first.trace["readings"][0]["failed"] == "rate_limited"
    await talk.say("yes")
    assert assistant.done == [("extend_due_date", "executed")]
    # Where nobody else is sure either, a person is offered.
    await talk.say("which colour has the moon over there")
    unsure = await talk.say("and what about the stars above us")
    assert answer_in(unsure).offer_human


async def test_a_models_yes_is_not_the_customers() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    lying = assistant.talk(understander=SaysYes())
    talk.answerer = lying.answerer
    await talk.say("hmm, what would that cost me again, I am not sure about it")
    assert assistant.done == []


class Slow:
    """Tools that never answer."""

    async def read(self, call: ToolCall) -> ToolResult | ToolFailed:
        await asyncio.Event().wait()
        raise AssertionError

    async def act(self, proposal: Proposal, *, confirmed_by: int) -> ToolResult | ToolFailed:
        await asyncio.Event().wait()
        raise AssertionError


def late(turn_seconds: float) -> dict[str, Any]:
    """A turn whose time is all but over by its clock, whatever the machine's own says."""
    looks = itertools.chain((0.0,), itertools.repeat(turn_seconds - 0.1))
    return {"turn_seconds": turn_seconds, "steady": lambda: next(looks)}


async def test_tools_that_are_too_slow_are_said_so_in_time() -> None:
    slow = Slow()
    talk = Assistant().talk(
        tools_of=lambda _principal, _id: Tools(slow, lambda _check: slow), **late(60)
    )
    exchange = await talk.say("what do I owe you")
    assert said("en", "reason_tool_failed") in answer_in(exchange).text
    assert answer_in(exchange).offer_human


async def test_an_action_whose_end_is_unknown_goes_to_a_person_and_claims_nothing() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    await confirming(talk)
    slow = Slow()

    def tools_of(principal: Any, conversation_id: str) -> Tools:
        reads = assistant.tools_of(principal, conversation_id).reads
        return Tools(reads, lambda _check: slow)

    talk.answerer = assistant.talk(tools_of=tools_of, **late(60)).answerer
    exchange = await talk.say("yes")
    answer = answer_in(exchange)
    assert said("en", "reason_action_unknown") in answer.text
    assert answer.hands_over is not None
    assert exchange.trace["policy"]["row"] == "action_unknown"


async def test_a_press_on_a_card_of_nowhere_does_nothing() -> None:
    assistant = Assistant()
    talk = assistant.talk()
    exchange = await talk.say("Move it", Chosen(99, "1.abc.0"))
    assert said("en", "stale_card") in answer_in(exchange).text
    assert assistant.done == []


class Killed(BaseException):
    """The process is gone."""


class Dying:
    """Passes everything on, and dies at the step with this number, before or after it."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def around(self, inner: Any) -> Any:
        dying = self

        class Around:
            def __getattr__(self, name: str) -> Any:
                async def step(*given: Any, **named: Any) -> Any:
                    dying.step()
                    result = await getattr(inner, name)(*given, **named)
                    dying.step()
                    return result

                return step

        return Around()

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def answerer(self, assistant: Assistant) -> Any:
        def tools_of(principal: Any, conversation_id: str) -> Tools:
            tools = assistant.tools_of(principal, conversation_id)
            return Tools(self.around(tools.reads), lambda check: self.around(tools.executor(check)))

        rows = self.around(assistant.rows)
        return assistant.talk(tools_of=tools_of, rows=rows).answerer


async def test_killed_at_any_step_of_an_action_it_comes_to_the_same_and_once() -> None:
    talk = Assistant().talk()
    await confirming(talk)
    told = answer_in(await talk.say("yes")).text
    for steps in itertools.count(1):
        assistant = Assistant()
        talk = assistant.talk()
        await confirming(talk)
        talk.write("yes")
        dying = Dying(steps)
        try:
            await dying.answerer(assistant).answer(talk.question())
        except Killed:
            # Somebody else does the turn again: the answer that is said is the whole one.
            exchange = await talk.answered()
            assert answer_in(exchange).text == told
            assert assistant.done == [("extend_due_date", "executed")]
        else:
            break
    # Before and after: the ground, the action, the record.
    assert steps > 6
