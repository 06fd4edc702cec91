"""The assistant over the whole desk: words and presses in, actions of the company out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from alltid.examples.lender.customers import DEMO_CUSTOMERS
from tests.desk.conftest import Talking
from tests.support.desk import RunningDesk

pytestmark = pytest.mark.anyio
Begin = Callable[[str | None, str], Awaitable[Talking]]

EXTENDS = {
    "elin": ("sv", "kan jag flytta fram förfallodagen på min faktura", "Ångra det, jag har cancer"),
    "lukas": ("de", "bitte die Rechnung um 10 Tage verlängern", "meine Frau starb"),
    "giulia": ("it", "vorrei posticipare il pagamento della fattura", "è morto mio marito"),
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
