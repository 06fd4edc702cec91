"""An action is done once, whoever dies on the way, and the ledger says what the lender's does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from alltid.assistant.tools.action_ledger import MemoryActions, PostgresActions
from alltid.assistant.tools.actions import (
    ATTEMPTS_MAX,
    Action,
    ActionLedger,
    ActionLimits,
    Amount,
    NewAction,
)
from alltid.assistant.tools.company import CompanyTools, CompanyUnreachable
from alltid.assistant.tools.executor import PolicyRefusal
from alltid.assistant.tools.handles import Handles
from alltid.assistant.tools.tool import (
    Json,
    Principal,
    Proposal,
    Reads,
    ToolResult,
    ToolSpec,
)
from tests.assistant.tools.lender import (
    CONVERSATION,
    ELIN,
    LUKAS,
    NOW,
    bank,
    code_of,
    moved,
    proposal,
    told,
    value_of,
)

pytestmark = pytest.mark.anyio


@dataclass
class Unsure:
    """A way to the company on which answers get lost, as named: before it asks, or after."""

    way: CompanyTools
    lost: list[str]
    asked: list[str | None] = field(default_factory=list)

    async def call(
        self,
        spec: ToolSpec,
        arguments: Mapping[str, Json],
        principal: Principal,
        *,
        key: str | None = None,
    ) -> Json:
        how = self.lost.pop(0) if self.lost else "answered"
        self.asked.append(key)
        if how == "never sent":
            raise CompanyUnreachable("ConnectError", sent=False)
        if how == "breaks":
            raise KeyError(how)
        if how == "hangs":
            await asyncio.Event().wait()
        answer = await self.way.call(spec, arguments, principal, key=key)
        if how == "answer lost":
            raise CompanyUnreachable("ReadError", sent=True)
        return answer


async def test_an_action_is_done_and_both_books_say_so(database_url: str) -> None:
    async with bank(database_url) as lender:
        what = await moved(lender)
        done = told(await lender.executor().act(what, confirmed_by=7))
        assert (done["due"], done["fee"]) == ("2026-06-24", 4_900)
        ((key, tool, state),) = await lender.ledger()
        assert (tool, state) == ("extend_due_date", "executed")
        assert await lender.done() == [(key, "extend_due_date")]
        assert await lender.rows("SELECT state FROM assistant_action_states ORDER BY number") == [
            ("proposed",),
            ("executing",),
            ("executed",),
        ]
        # The company's ids are in none of it.
        kept = str(await lender.rows("SELECT arguments, result FROM assistant_actions"))
        assert "inv-1001" not in kept


async def test_the_same_confirmation_is_the_same_action_and_another_is_another(
    database_url: str,
) -> None:
    async with bank(database_url) as lender:
        what = await moved(lender, 5)
        acts = [lender.executor().act(what, confirmed_by=7) for _ in range(4)]
        first, *others = await asyncio.gather(*acts)
        assert told(first)["extensions_used"] == 1
        assert others == [first] * 3
        assert len(await lender.done()) == 1
        again = await lender.executor().act(what, confirmed_by=9)
        assert told(again)["extensions_used"] == 2
        refused = await lender.executor().act(what, confirmed_by=11)
        assert code_of(refused) == "too_often"
        assert [state for _, _, state in await lender.ledger()] == ["executed"] * 2 + ["refused"]
        assert len(await lender.done()) == 2


async def test_an_answer_that_got_lost_is_asked_for_again_with_the_same_key(
    database_url: str,
) -> None:
    async with bank(database_url) as lender:
        way = Unsure(lender.acting, ["answer lost", "breaks"])
        answer = await lender.executor(company=way).act(await moved(lender), confirmed_by=7)
        assert told(answer)["extensions_used"] == 1
        assert len(way.asked) == 3
        assert len(set(way.asked)) == 1
        assert len(await lender.done()) == 1


async def test_an_unknown_outcome_is_said_and_settled_later(database_url: str) -> None:
    async with bank(database_url) as lender:
        what = await moved(lender)
        way = Unsure(lender.acting, ["answer lost", "never sent", "never sent"])
        answer = await lender.executor(company=way).act(what, confirmed_by=7)
        assert code_of(answer) == "outcome_unknown"
        assert [state for _, _, state in await lender.ledger()] == ["unknown"]
        assert await lender.ground().settle() == 0  # not at once: the turn may still be at it
        lender.clock.advance(60)
        assert await lender.ground().settle() == 1
        assert [state for _, _, state in await lender.ledger()] == ["executed"]
        again = await lender.executor().act(what, confirmed_by=7)
        assert told(again)["extensions_used"] == 1


async def test_what_was_never_sent_is_said_not_to_be_done(database_url: str) -> None:
    async with bank(database_url) as lender:
        way = Unsure(lender.acting, ["never sent"] * 3)
        what = await moved(lender)
        answer = await lender.executor(company=way).act(what, confirmed_by=7)
        assert code_of(answer) == "unavailable"
        assert await lender.done() == []
        # The customer may confirm once more, which is another action.
        assert isinstance(await lender.executor().act(what, confirmed_by=9), ToolResult)


async def test_a_company_that_hangs_is_left_after_the_tools_own_time(database_url: str) -> None:
    async with bank(database_url) as lender:
        what = await moved(lender)
        spec = lender.allowed.spec("extend_due_date")
        assert spec is not None
        object.__setattr__(spec, "timeout_seconds", 1.0)
        try:
            way = Unsure(lender.acting, ["hangs"] * 3)
            answer = await lender.executor(company=way).act(what, confirmed_by=7)
        finally:
            object.__setattr__(spec, "timeout_seconds", 6.0)
        assert code_of(answer) == "outcome_unknown"
        assert len(way.asked) >= 2
        assert len(set(way.asked)) == 1


async def test_the_policy_looks_just_before_with_fresh_reads(database_url: str) -> None:
    async with bank(database_url) as lender:
        what = await moved(lender)
        seen: list[Any] = []

        async def never(asked: Proposal, reads: Reads) -> PolicyRefusal | None:
            seen.append(asked)
            seen.append(await reads.read(asked.call.__class__("account_summary")))
            return PolicyRefusal("above_limit", "A person has to look at this.")

        answer = await lender.executor(policy_check=never).act(what, confirmed_by=7)
        assert code_of(answer) == "above_limit"
        assert seen[0] == what
        assert isinstance(seen[1], ToolResult)
        assert [state for _, _, state in await lender.ledger()] == ["refused"]
        assert await lender.done() == []
        # A refusal of this confirmation stays, whatever the policy says later.
        assert await lender.executor().act(what, confirmed_by=7) == answer


async def test_money_and_number_are_limited_for_a_day(database_url: str) -> None:
    async with bank(database_url) as lender:
        reads = lender.toolbox(ELIN)
        card = (await value_of(reads, "list_payment_methods"))[0]["handle"]
        limits = ActionLimits(a_conversation=3, a_day=3, money_a_day={"SEK": 130_000})
        payable = [
            each
            for each in await value_of(reads, "list_invoices", {"status": "open"})
            if each["status"] in {"open", "overdue"}
        ]
        overdue, small, opened = (each["handle"] for each in payable[:3])
        answer = [
            await lender.executor(limits=limits).act(
                proposal("pay_invoice", invoice=handle, method=card), confirmed_by=number
            )
            for number, handle in enumerate((small, opened, overdue))
        ]
        assert told(answer[0])["amount"] == 45_900
        assert code_of(answer[1]) == "limit_reached"
        assert code_of(answer[2]) == "limit_reached"
        for number in (10, 11):
            export = proposal("request_address_change", street=f"Nya gatan {number}",
                postal_code="111 22", city="Umeå", country="SE")  # fmt: skip
            assert isinstance(
                await lender.executor(limits=limits).act(export, confirmed_by=number), ToolResult
            )
        export = proposal("request_data_export")
        last = await lender.executor(limits=limits).act(export, confirmed_by=12)
        assert code_of(last) == "limit_reached"
        assert len(await lender.done()) == 3


async def test_reading_is_not_acting_and_another_customers_handle_opens_nothing(
    database_url: str,
) -> None:
    async with bank(database_url) as lender:
        what = await moved(lender)
        answer = await lender.executor(LUKAS).act(what, confirmed_by=7)
        assert code_of(answer) == "no_such_object"
        read = await lender.executor().act(proposal("list_invoices"), confirmed_by=7)
        assert code_of(read) == "not_allowed"
        # Even with a way to act that only has the credential to read.
        poor = await lender.executor(company=lender.reading).act(what, confirmed_by=8)
        assert code_of(poor) == "read_only"
        assert await lender.done() == []


async def test_lines_of_the_ledger_only_move_forward(database_url: str) -> None:
    async with bank(database_url) as lender:
        await lender.executor().act(await moved(lender), confirmed_by=7)
        for change in (
            "UPDATE assistant_actions SET state = 'executing'",
            "UPDATE assistant_actions SET result = '{}'",
            "DELETE FROM assistant_actions",
            "DELETE FROM assistant_action_states",
            "UPDATE assistant_action_states SET state = 'refused'",
        ):
            with pytest.raises(psycopg.errors.RaiseException):
                await lender.rows(change)


@pytest.mark.parametrize("kind", ["memory", "postgres"])
async def test_both_ledgers_keep_the_same_rules(database_url: str, kind: str) -> None:
    async with bank(database_url) as lender:
        ledger: ActionLedger = MemoryActions() if kind == "memory" else PostgresActions(lender.pool)
        limits = ActionLimits(a_conversation=2, a_day=9, money_a_day={"SEK": 100})

        async def begun(number: int, minor: int | None, at: Any = NOW) -> Action:
            id_ = lender.ids.new()
            new = NewAction(id_, CONVERSATION, ELIN, proposal("act"), number, at)
            amount = None if minor is None else Amount(minor, "SEK")
            return await ledger.begin(await ledger.propose(new), amount, limits, at)

        first = await begun(1, 60)
        assert (first.state, first.attempts) == ("executing", 1)
        assert (await begun(1, 60)).attempts == 2
        assert (await begun(2, 41)).code == "limit_reached"
        assert (await begun(3, None)).state == "executing"
        assert (await begun(4, None)).code == "limit_reached"
        unknown = await ledger.finish(first, "unknown", NOW)
        assert unknown.state == "unknown"
        late, pause = NOW + timedelta(minutes=1), timedelta(seconds=25)
        # The one that was asked for twice waits twice as long.
        assert len(await ledger.unsettled(NOW + timedelta(seconds=30), pause, 10)) == 1
        assert len(await ledger.unsettled(late, pause, 10)) == 2
        assert len(await ledger.unsettled(late, pause, 1)) == 1
        ended = await ledger.finish(first, "executed", late, result={"a": 1})
        assert await ledger.finish(first, "refused", late, code="x", message="y") == ended
        assert (await ledger.begin(ended, None, limits, late)) == ended
        assert [e.state for e in await ledger.unsettled(late, pause, 10)] == ["executing"]
        for _ in range(ATTEMPTS_MAX):
            await begun(3, None, late)
        later = late + timedelta(days=9)
        assert await ledger.unsettled(later, pause, 10) == []


async def test_what_can_no_longer_be_asked_for_stays_unknown_and_in_nobodys_way(
    database_url: str,
) -> None:
    async with bank(database_url) as lender:
        way = Unsure(lender.acting, ["answer lost"] * 3)
        await lender.executor(company=way).act(await moved(lender), confirmed_by=7)
        lender.handles = Handles(b"another key")
        lender.clock.advance(60)
        assert await lender.ground().settle() == 0
        assert [state for _, _, state in await lender.ledger()] == ["unknown"]
        assert await lender.ground().settle() == 0  # its turn is over for a while
        assert await lender.rows("SELECT attempts FROM assistant_actions") == [(2,)]
