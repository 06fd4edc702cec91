"""The books in PostgreSQL: answers, repetitions, crossings, seals, closings, past moments."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from alltid.kernel.clock import ManualClock
from alltid.kernel.refusal import Refused
from alltid.pay.ledger import Account, Balance, Kind, Reverse, Settle, Side
from alltid.pay.ledger_store import LedgerStore, Recorded, Rejected
from alltid.pay.rate_cards import RateCards
from tests.pay.conftest import BANK, DAY, OWED, earned, paid_out
from tests.pay.sessions import START, card

pytestmark = pytest.mark.anyio


def codes(replies: list[Any]) -> list[str]:
    """Say each answer in a word."""
    return [
        reply.code if isinstance(reply, Rejected) else "again" if reply.repeated else "ok"
        for reply in replies
    ]


async def test_each_command_has_its_own_answer(store: LedgerStore) -> None:
    replies = await store.post(
        [
            earned("a", 1000),
            earned("b", 500),
            paid_out("c", 1501),
            paid_out("d", 700, pending=True),
            replace(earned("a", 1000), memo="other"),
            earned("a", 1000),
            Settle("e", DAY, "d", Kind.POST),
            Settle("f", DAY, "d", Kind.VOID),
            Reverse("g", DAY, "b"),
            Reverse("h", DAY, "b"),
        ]
    )
    assert codes(replies) == [
        *("ok", "ok", "overdrawn", "ok", "key_reused", "again", "ok"),
        *("already_settled", "ok", "already_reversed"),
    ]
    assert await store.balance(OWED) == Balance(-300)
    positions = [reply.position for reply in replies if isinstance(reply, Recorded)]
    assert positions[3] == positions[0]
    again = await store.post([Settle("e", DAY, "d", Kind.POST), Reverse("g", DAY, "b")])
    assert codes(again) == ["again", "again"]


async def test_a_refused_key_stays_free(store: LedgerStore) -> None:
    early = Settle("s", DAY, "held", Kind.POST)
    assert codes(await store.post([early])) == ["unknown_transfer"]
    await store.post([earned("a"), paid_out("held", 10, pending=True)])
    assert codes(await store.post([early])) == ["ok"]
    transfer = await store.transfer("s")
    assert transfer is not None
    assert transfer.settles == "held"
    assert await store.transfer("nothing") is None


async def test_all_or_nothing(store: LedgerStore) -> None:
    both = [earned("a", 10), paid_out("b", 11)]
    assert codes(await store.post(both, together=True)) == ["not_alone", "overdrawn"]
    assert await store.balance(OWED) == Balance()
    assert codes(await store.post([earned("a", 10), paid_out("b", 10)], together=True)) == [
        *("ok", "ok"),
    ]
    with pytest.raises(Refused):
        await store.post([earned("x"), Reverse("y", DAY, "x")], together=True)
    with pytest.raises(Refused):
        await store.post([earned("x"), earned("x")], together=True)


async def test_requests_that_cross_are_told_apart(store: LedgerStore) -> None:
    await store.post([earned("a", 1000)])
    same = await asyncio.gather(*(store.post([earned("b", 500)]) for _ in range(8)))
    assert sorted(codes([each for replies in same for each in replies])) == ["again"] * 7 + ["ok"]
    others = await asyncio.gather(*(store.post([earned("c", n + 1)]) for n in range(8)))
    assert sorted(codes([each for replies in others for each in replies])) == (
        ["key_reused"] * 7 + ["ok"]
    )
    # Of ten payouts of 400 from at most 1508, three fit.
    payouts = [store.post([paid_out(f"p{n}", 400)]) for n in range(10)]
    done = codes([each for replies in await asyncio.gather(*payouts) for each in replies])
    assert sorted(done) == ["ok"] * 3 + ["overdrawn"] * 7
    await store.post([paid_out("held", 100, pending=True)])
    settled = [
        store.post([Settle(f"s{n}", DAY, "held", Kind.POST if n % 2 else Kind.VOID)])
        for n in range(6)
    ]
    done = codes([each for replies in await asyncio.gather(*settled) for each in replies])
    assert sorted(done) == ["already_settled"] * 5 + ["ok"]


async def test_accounts_stay_what_they_are(store: LedgerStore) -> None:
    await store.open_accounts([BANK])
    with pytest.raises(Refused) as refused:
        await store.open_accounts([replace(BANK, book_number=1940)])
    assert refused.value.code == "account_differs"
    assert await store.balance("nobody") == Balance()
    unknown = replace(earned("u"), lines=tuple(replace(x, account="?") for x in earned("u").lines))
    assert codes(await store.post([unknown])) == ["unknown_account"]


async def test_balances_of_any_past_moment_are_the_fold(store: LedgerStore) -> None:
    clock = store._clock
    assert isinstance(clock, ManualClock)
    expected = {}
    for number in range(1, 7):
        clock.advance(60)
        await store.post([earned(f"e{number}", number * 100)])
        if number == 3:
            await store.post([paid_out("held", 250, pending=True)])
        if number == 5:
            await store.post([Settle("s", DAY, "held", Kind.POST)])
        end = await store.seal()
        expected[clock.now(), end.number] = await store.balance(OWED)
    assert [balance.posted for balance in expected.values()] == [
        *(-100, -300, -600, -1000, -1250, -1850),
    ]
    for (moment, seal), balance in expected.items():
        assert await store.balance_at(OWED, moment) == balance
        assert await store.balance_at_seal(OWED, seal) == balance
    before = min(moment for moment, _ in expected) - timedelta(seconds=1)
    assert await store.balance_at(OWED, before) == Balance()
    assert await store.balance_at_seal(OWED, 0) == Balance()


async def test_a_seal_ends_the_chain_and_a_second_one_adds_nothing(store: LedgerStore) -> None:
    await store.post([earned(f"e{n}") for n in range(30)])
    first = await store.seal()
    assert (first.number, first.transfers) == (1, 30)
    again = await store.seal()
    assert (again.number, again.head, again.transfers) == (1, first.head, 0)


async def test_two_sealers_at_once_seal_each_transfer_once(
    store: LedgerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alltid.pay.ledger_store.SEAL_MOST", 7)
    for number in range(40):
        await store.post([earned(f"e{number}")])
    ends = await asyncio.gather(*(store.seal() for _ in range(4)))
    assert sum(end.transfers for end in ends) == 40
    assert max(end.number for end in ends) == 6


async def test_a_month_is_closed_once_and_for_good(store: LedgerStore) -> None:
    await store.post([earned("a")])
    end = await store.close(date(2026, 4, 1), "sara")
    assert end.number == 1
    assert codes(await store.post([earned("b")])) == ["period_closed"]
    assert codes(await store.post([earned("a")])) == ["again"]
    april = date(2026, 4, 2)
    assert codes(await store.post([Reverse("r", april, "a")])) == ["ok"]
    for before in (date(2026, 4, 1), date(2026, 3, 1), date(2026, 4, 2)):
        with pytest.raises(Refused, match="first of a month"):
            await store.close(before, "sara")


async def test_a_month_that_is_not_over_stays_open(store: LedgerStore) -> None:
    # It is the first of May: April is over, May is not.
    for before in (date(2026, 6, 1), date(2030, 1, 1)):
        with pytest.raises(Refused, match="when it is over"):
            await store.close(before, "sara")
    assert codes(await store.post([earned("may", booked_on=date(2026, 5, 1))])) == ["ok"]
    await store.close(date(2026, 5, 1), "sara")


async def test_when_others_keep_crossing_nothing_is_half_done(
    store: LedgerStore, owner: psycopg.AsyncConnection[Any]
) -> None:
    await owner.execute("""CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE SQLSTATE '40001'; END $$""")
    await owner.execute("""CREATE TRIGGER no BEFORE INSERT ON ledger_lines
        FOR EACH STATEMENT EXECUTE FUNCTION no()""")
    with pytest.raises(Refused) as refused:
        await store.post([earned("a")])
    assert refused.value.code == "busy"
    await owner.execute("DROP TRIGGER no ON ledger_lines")
    assert codes(await store.post([earned("a")])) == ["ok"]


async def test_rate_cards_are_added_version_by_version(store: LedgerStore) -> None:
    cards = RateCards(store._pool, ManualClock())
    first = card(valid_from=START - timedelta(days=365))
    await cards.add(first, "lead")
    second = card(version=2, valid_from=START, floor_minor_per_hour=42000)
    await cards.add(second, "lead")
    assert await cards.all() == [first, second]
    for bad in (second, card(version=3, valid_from=START)):
        with pytest.raises(Refused):
            await cards.add(bad, "lead")
    third = card(version=3, valid_from=START + timedelta(days=1))
    both = await asyncio.gather(
        *(cards.add(third, "lead") for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(each, Refused) for each in both) == 1


async def test_a_debit_account_can_be_guarded_too(store: LedgerStore) -> None:
    float_account = Account("market/SE/float/SEK", "SEK", 1935, Side.DEBIT, guarded=True)
    await store.open_accounts([float_account])
    lines = (
        replace(earned("x").lines[0], account=float_account.code, minor=-1),
        replace(earned("x").lines[1], account=BANK.code, minor=1),
    )
    replies = await store.post([replace(earned("x"), lines=lines)])
    assert codes(replies) == ["overdrawn"]
