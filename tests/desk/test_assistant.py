"""The assistant over the whole desk: words and presses in, actions of the company out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psycopg
import pytest

from alltid.dispatch.triage import Needs, find_needs
from alltid.examples.lender.customers import DEMO_CUSTOMERS
from tests.desk.conftest import Talking
from tests.support.desk import RunningDesk

pytestmark = pytest.mark.anyio
Begin = Callable[[str | None, str], Awaitable[Talking]]

EXTENDS = {
    "elin": ("sv", "kan jag flytta fram förfallodagen på min faktura", "min man har dött"),
    "lukas": ("de", "bitte die Rechnung um 10 Tage verlängern", "mein Mann ist gestorben"),
    "giulia": ("it", "vorrei posticipare il pagamento della fattura", "mio marito è morto"),
    "sofia": ("es", "necesito unos días más para pagar mi factura", "ha muerto mi marido"),
    "emma": ("en", "I want to extend the due date of my invoice", "my husband has died"),
}  # fmt: skip


def actions_of(desk: RunningDesk, who: str) -> list[tuple[str, str]]:
    with psycopg.connect(desk.database_url) as connection:
        found = connection.execute(
            "SELECT tool, state FROM assistant_actions WHERE subject = %s ORDER BY at",
            (DEMO_CUSTOMERS[who].subject,),
        )
        return [(row[0], row[1]) for row in found.fetchall()]


@pytest.mark.parametrize("who", EXTENDS)
async def test_a_due_date_is_moved_by_words_and_a_press(
    desk: RunningDesk, talks: Begin, who: str
) -> None:
    language, wish, grief = EXTENDS[who]
    talk = await talks(who, language)
    answer: Any = await talk.say(wish)
    for _ in range(3):
        card: Any = answer.get("card")
        if card is not None and card["kind"] == "confirm":
            break
        answer = await (talk.press(answer, 0) if card is not None else talk.say("7"))
    assert answer.get("card", {}).get("kind") == "confirm", answer
    assert actions_of(desk, who) == []
    done = await talk.press(answer, 0)
    assert "card" not in done
    assert actions_of(desk, who) == [("extend_due_date", "executed")]
    # The same button again is no second action.
    await talk.press(answer, 0)
    assert len(actions_of(desk, who)) == 1
    await talk.say(grief)
    await talk.customer.until(lambda: talk.customer.status == "waiting")
    conversation = talk.customer.conversation
    assert conversation is not None
    packet: Any = desk.do(desk.desk.app.state.tool_box.packet(conversation))
    assert packet["row"] == "vulnerability"
    assert ("action", "extend_due_date", "done") in {
        (each["kind"], each["name"], each["outcome"]) for each in packet["tried"]
    }
    needs = desk.do(needs_of(desk, conversation, language))
    assert needs.skill == "vulnerable"


async def needs_of(desk: RunningDesk, conversation: str, language: str) -> Needs:
    async def no_topic(_words: Sequence[str], _language: str) -> str | None:
        return None

    async with desk.desk._pool.connection() as connection:
        return await find_needs(connection, conversation, language, no_topic)


async def test_a_guest_is_told_to_sign_in_and_nothing_is_done(
    desk: RunningDesk, talks: Begin
) -> None:
    talk = await talks(None, "en")
    answer = await talk.say("move my payment to the end of the month")
    assert "sign" in str(answer["text"])
    assert answer["offer_human"]
