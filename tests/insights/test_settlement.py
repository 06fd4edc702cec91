"""From the log to the books: what a session did is what it pays, once, whoever settles it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from alltid.agents.session_commands import EndChat, Pause, Resume, TakeChat
from alltid.agents.session_events import Capacity
from alltid.insights.pay_audit import verify_statements
from alltid.kernel.refusal import Refused
from alltid.pay.booking import owed_account
from alltid.pay.quotes import next_version
from alltid.pay.rate_card import Surge
from alltid.pay.statements import Addition
from alltid.pay.verify import verify
from tests.insights.paid import World, new_id

pytestmark = pytest.mark.anyio


async def owed(world: World, agent: str) -> int:
    return -(await world.ledger.balance(owed_account(agent, "SEK"))).posted


async def test_an_idle_hour_online_pays_the_floor_and_is_in_the_books(world: World) -> None:
    sara = await world.agent()
    session = await world.worked(sara)
    kept = await world.statements.of(session)
    assert kept is not None
    assert (kept.row.floor_minor, kept.row.top_up_minor, kept.row.total_minor) == (40000,) * 3
    assert await owed(world, sara) == 40000


async def test_three_chats_at_once_are_one_clock_and_a_pause_stops_it(world: World) -> None:
    sara = await world.agent()
    session = await world.go_online(sara)
    chats = [new_id() for _ in range(3)]
    for chat in chats:
        await world.do(sara, TakeChat(chat))
    world.clock.advance(600)
    for chat in chats:
        await world.do(sara, EndChat(chat))
    await world.do(sara, Pause())
    await world.do(sara, Resume(), after_seconds=1200)
    await world.go_offline(sara, 600)
    await world.settlement.settle_ended()
    kept = await world.statements.of(session)
    assert kept is not None
    assert kept.row.guaranteed_microseconds == 1200 * 10**6
    assert kept.statement["earned_minor"] == 9520
    assert kept.row.pay_minor == kept.row.floor_minor == 13334


async def test_standby_pays_for_work_alone(world: World) -> None:
    sara = await world.agent()
    session = await world.go_online(sara, Capacity.STANDBY)
    await world.do(sara, TakeChat("0b8f7d9e-0000-4000-8000-000000000001"), after_seconds=1800)
    await world.go_offline(sara, 60)
    await world.settlement.settle_ended()
    kept = await world.statements.of(session)
    assert kept is not None
    assert kept.row.guaranteed_microseconds == 60 * 10**6
    assert kept.row.total_minor == 952
    assert kept.facts["engagements"][0][6] == "transferred"


async def test_settling_again_and_at_once_books_nothing_twice(world: World) -> None:
    sara = await world.agent()
    session = await world.go_online(sara)
    await world.go_offline(sara, 3600)
    await asyncio.gather(*(world.settlement.settle_ended() for _ in range(4)))
    await world.settlement.settle_ended()
    assert await owed(world, sara) == 40000
    assert len(await world.statements.versions(session)) == 1


async def test_a_kill_between_entry_and_statement_leaves_neither(world: World) -> None:
    sara = await world.agent()
    session = await world.go_online(sara)
    await world.go_offline(sara, 3600)
    await world.run(
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'killed here'; END $$"
    )
    await world.run("CREATE TRIGGER stop BEFORE INSERT ON pay_statements EXECUTE FUNCTION stop()")
    with pytest.raises(Exception, match="killed here"):
        await world.settlement.settle_ended()
    assert await owed(world, sara) == 0
    assert await world.ledger.transfer(f"session/{session}/1") is None
    await world.run("DROP TRIGGER stop ON pay_statements")
    await world.settlement.settle_ended()
    assert await owed(world, sara) == 40000


async def test_an_open_session_has_a_meter_and_no_statement(world: World) -> None:
    sara = await world.agent()
    session = await world.go_online(sara)
    world.clock.advance(900)
    await world.settlement.settle_ended()
    assert await world.statements.of(session) is None
    meter = await world.view.now(sara, world.clock.now())
    assert meter is not None
    assert (meter["floor_minor"], meter["earned_minor"], meter["total_minor"]) == (10000, 0, 10000)
    assert meter["counting"]
    assert not meter["working"]
    later = meter["floor_millionths"] + 60 * meter["floor_millionths_per_second"]
    world.clock.advance(60)
    meter = await world.view.now(sara, world.clock.now())
    assert meter is not None
    assert abs(later - meter["floor_millionths"]) < 1000
    with pytest.raises(Refused, match="it ends first"):
        await world.statements.add(Addition(new_id(), session, "tip", 500, "Thanks", "Lena"))


async def test_the_meter_grows_with_work(world: World) -> None:
    sara = await world.agent()
    await world.go_online(sara)
    await world.do(sara, TakeChat(new_id()), after_seconds=60)
    world.clock.advance(120)
    meter = await world.view.now(sara, world.clock.now())
    assert meter is not None
    assert meter["working"]
    assert meter["earned_minor"] == 1904
    assert meter["earned_millionths_per_second"] == round(952 * 10**6 / 60)
    assert await world.view.now(await world.agent(), world.clock.now()) is None


async def test_a_correction_is_a_reversal_and_a_new_entry_and_keeps_the_floor(
    world: World,
) -> None:
    sara = await world.agent()
    session = await world.worked(sara)
    less = Addition(new_id(), session, "adjustment", -90000, "Counted twice", "Lena")
    kept = await world.statements.add(less)
    assert (kept.row.version, kept.row.pay_minor) == (2, 40000)
    assert await owed(world, sara) == 40000
    tip = Addition(new_id(), session, "tip", 2500, "From a customer", "Lena")
    kept = await world.statements.add(tip)
    again = await world.statements.add(tip)
    assert again.row.version == kept.row.version == 3
    assert (kept.row.pay_minor, kept.row.total_minor) == (40000, 42500)
    assert await owed(world, sara) == 42500
    assert await world.ledger.transfer(f"session/{session}/1/reversed") is not None
    async with world.pool.connection() as connection:
        assert (await verify(connection)).ok
    report = await verify_statements(world.pool, world.clock)
    assert (report.statements, report.departures) == (1, ())


async def test_statements_and_additions_stay_as_they_were_written(world: World) -> None:
    session = await world.worked(await world.agent())
    await world.statements.add(Addition(new_id(), session, "tip", 500, "Thanks", "Lena"))
    for table in ("pay_statements", "pay_additions"):
        for change in (f"UPDATE {table} SET session_id = session_id", f"DELETE FROM {table}"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                await world.run(change)


async def test_bad_additions_are_refused(world: World) -> None:
    session = await world.worked(await world.agent())
    for kind, minor, reason, code in (
        ("tip", -5, "why", "bad_amount"),
        ("adjustment", 0, "why", "bad_amount"),
        ("tip", 5, " ", "bad_reason"),
    ):
        with pytest.raises(Refused) as refused:
            await world.statements.add(Addition(new_id(), session, kind, minor, reason, "Lena"))
        assert refused.value.code == code


async def test_training_is_paid_in_a_session_beside_it_and_when_it_comes_late(
    world: World,
) -> None:
    sara = await world.agent()
    start = world.clock.now()
    train = (
        "INSERT INTO training_time (agent_id, started_at, ended_at, skill, evidence)"
        " VALUES (%s, %s, %s, 'refunds', 'test')"
    )
    await world.run(train, (sara, start, start + timedelta(minutes=30)))
    world.clock.advance(1800)
    await world.settlement.settle_training()
    await world.settlement.settle_training()
    assert await owed(world, sara) == 28560  # 30 minutes of 9.52
    session = await world.worked(sara)
    began = world.clock.now() - timedelta(seconds=3600)
    await world.run(train, (sara, began, began + timedelta(minutes=50)))
    await world.settlement.settle_training()
    kept = await world.statements.of(session)
    assert kept is not None
    assert (kept.row.version, kept.row.total_minor) == (2, 47600)
    assert await owed(world, sara) == 28560 + 47600


async def test_the_watch_records_a_session_paid_below_the_floor_once(world: World) -> None:
    session = await world.worked(await world.agent())
    world.clock.advance(10)
    assert await world.watch.check() == 1
    breaches = "SELECT promise, conversation_id::text, detail FROM promise_breaches"
    assert await world.rows(breaches) == []
    await world.run("ALTER TABLE pay_statements DISABLE TRIGGER append_only")
    await world.run("UPDATE pay_statements SET pay_minor = pay_minor - 1")
    await world.run("UPDATE pay_watch SET position = 0")
    assert await world.watch.check() == 1
    assert await world.watch.check() == 0
    assert await world.rows(breaches) == [
        ("P7", session, "The session paid 399.99 SEK where the floor is 400.00 SEK.")
    ]
    report = await verify_statements(world.pool, world.clock)
    assert {each.field for each in report.departures} == {"pay_minor", "floor"}


ROW_CHANGES = {
    "floor_minor": "floor_minor + 1",
    "top_up_minor": "top_up_minor - 1",
    "total_minor": "total_minor + 1",
    "guaranteed_microseconds": "guaranteed_microseconds - 1",
    "booked_on": "booked_on + 1",
    "ended": "ended + interval '1 second'",
    "agent": "agent_id",
    "market": "market || 'x'",
    "facts": "jsonb_set(facts, '{agent}', '\"x\"')",
    "statement": "jsonb_set(statement, '{lines,0,1}', '\"1\"')",
    "ledger_key": "ledger_key || 'x'",
    "facts, statement": "jsonb '{}'",
}


async def test_a_changed_row_of_any_version_is_found_and_its_column_named(world: World) -> None:
    sara = await world.agent()
    session = await world.worked(sara)
    await world.statements.add(Addition(new_id(), session, "tip", 500, "Thanks", "Lena"))
    nothing = await world.worked(sara, 0)
    assert (await verify_statements(world.pool, world.clock)).departures == ()
    await world.run("ALTER TABLE pay_statements DISABLE TRIGGER append_only")
    await world.run("CREATE TABLE before AS SELECT * FROM pay_statements")
    columns = {"agent": "agent_id", "facts, statement": "facts"}
    for name, value in ROW_CHANGES.items():
        column = columns.get(name, name)
        changed = f"'{new_id()}'" if name == "agent" else value
        await world.run(f"UPDATE pay_statements SET {column} = {changed} WHERE version = 1"
                        f" AND session_id = '{session}'")  # fmt: skip
        report = await verify_statements(world.pool, world.clock)
        assert [(each.version, each.field) for each in report.departures] == [(1, name)]
        await world.run(f"UPDATE pay_statements s SET {column} = b.{column} FROM before b"
                        " WHERE b.position = s.position")  # fmt: skip
    await world.run(f"UPDATE pay_statements SET floor_minor = 1 WHERE session_id = '{nothing}'")
    report = await verify_statements(world.pool, world.clock)
    assert {each.field for each in report.departures} == {"floor_minor"}
    await world.run("ALTER TABLE ledger_transfers DISABLE TRIGGER append_only")
    await world.run("ALTER TABLE ledger_transfers DROP CONSTRAINT ledger_facts_digest")
    await world.run(
        "UPDATE ledger_transfers SET facts = 'x' WHERE key = %s", (f"session/{session}/1",)
    )
    report = await verify_statements(world.pool, world.clock)
    assert {each.field for each in report.departures} == {"entry", "floor_minor"}


async def test_a_month_closed_before_its_session_was_settled_books_it_today(world: World) -> None:
    sara = await world.agent()
    session = await world.go_online(sara)
    await world.go_offline(sara, 3600)
    world.clock.advance(40 * 86400)
    await world.ledger.close((world.clock.now() - timedelta(days=1)).date().replace(day=1), "Lena")
    await world.settlement.settle_ended()
    entry = await world.ledger.transfer(f"session/{session}/1")
    assert entry is not None
    assert entry.booked_on == world.clock.now().date()


async def test_quotes_follow_the_card_and_a_rush_ends_with_its_budget(world: World) -> None:
    now = world.clock.now()
    first = (await world.cards.all())[0]
    quote = await world.quotes.quote(first.name, 10, "sv", now)
    assert (quote.pay_minor, quote.currency, quote.floor_minor_per_hour) == (9520, "SEK", 40000)
    with pytest.raises(Refused, match="has no surge"):
        await world.surges.begin(first, new_id(), 5000, 60, "Lena")
    with_surge = replace(first, floor_minor_per_hour=45000, rate_minor=1000, surge=Surge(2500, 100))
    card = next_version(await world.cards.all(), with_surge, now)
    await world.cards.add(card, "Lena")
    world.clock.advance(6)
    surging = await world.surges.begin(card, new_id(), 5000, 60, "Lena")
    assert surging.basis_points == 2500
    world.clock.advance(3)
    quote = await world.quotes.quote(first.name, 10, "sv", world.clock.now())
    assert (quote.pay_minor, quote.floor_minor_per_hour) == (12500, 45000)
    assert not await world.surges.stop_when_spent(card)
    earned = await world.quotes.earnings([await world.agent()], now, now)
    assert earned == {}


async def test_earnings_of_a_day_count_open_sessions_too(world: World) -> None:
    sara = await world.agent()
    start = world.clock.now()
    await world.worked(sara)
    await world.go_online(sara)
    world.clock.advance(60)
    earned = await world.quotes.earnings([sara], start, world.clock.now())
    assert (earned[sara].earned_minor, earned[sara].guaranteed_seconds) == (0, 3660)
