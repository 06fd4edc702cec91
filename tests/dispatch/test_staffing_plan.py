"""From what is expected to how many people are needed, by language and in the coming hour."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alltid.dispatch.capacity import ANY
from alltid.dispatch.erlang import Demand, congestion
from alltid.dispatch.forecast import QUARTER, WEEK, quarter_of
from alltid.dispatch.pace import Paces
from alltid.dispatch.policy import Policy
from alltid.dispatch.staffing_plan import HORIZON_QUARTERS, Plan, Quarter, plan, worth_of_an_agent

NOW = datetime(2026, 3, 4, 12, 7, tzinfo=UTC)
FIRST = quarter_of(NOW)
SINCE = NOW - 10 * WEEK


def weeks_of(count: int) -> dict[datetime, int]:
    return {FIRST - step * QUARTER: count for step in range(1, 6 * 672 + 16)}


def test_those_needed_keep_the_promise_at_the_pace_of_the_desk() -> None:
    policy, paces = Policy(), Paces()
    found = plan({"sv": weeks_of(20)}, SINCE, NOW, policy, paces, worth=1.0)
    needed = found.needs(0).by_language["sv"]
    demand = Demand(80, paces.whole.handle_seconds, paces.whole.patience_seconds)
    kept = congestion(demand, needed, policy.service_level_seconds).in_time
    short = congestion(demand, needed - 1, policy.service_level_seconds).in_time
    assert short < policy.service_level_share <= kept


def test_an_agent_sees_the_hours_to_come_by_their_busiest_quarter() -> None:
    quarters = [Quarter(FIRST + step * QUARTER, 1.0, 2.0, step + 1) for step in range(8)]
    two = Plan({"sv": quarters, "en": quarters[:4], "de": quarters})
    hours = two.hours(["sv", "en", "fi"])
    assert [each.start.minute for each in hours] == [0] * len(hours)
    busiest: dict[datetime, int] = {}
    for each in quarters:
        both = each.needed * (2 if each in quarters[:4] else 1)
        hour = each.start.replace(minute=0)
        busiest[hour] = max(both, busiest.get(hour, 0))
    assert [(each.start, each.needed) for each in hours] == sorted(busiest.items())
    assert two.hours(["fi"]) == []


def test_agents_with_several_chats_are_fewer() -> None:
    one = plan({"sv": weeks_of(30)}, SINCE, NOW, Policy(), Paces(), worth=1.0)
    three = plan({"sv": weeks_of(30)}, SINCE, NOW, Policy(), Paces(), worth=1.9)
    assert three.needs(0).by_language["sv"] < one.needs(0).by_language["sv"]


def test_a_language_that_somebody_asked_in_needs_somebody() -> None:
    once = {FIRST - WEEK - QUARTER: 1}
    found = plan({"fi": once, "sv": weeks_of(20)}, SINCE, NOW, Policy(), Paces(), worth=1.6)
    assert found.needs(5).by_language["fi"] == 1
    assert found.needs(5).least == 5
    together = found.by_language[ANY]
    for quarter, fi, sv in zip(
        together, found.by_language["fi"], found.by_language["sv"], strict=True
    ):
        assert quarter.needed == fi.needed + sv.needed
        assert quarter.expected == pytest.approx(fi.expected + sv.expected)
        assert sv.high <= quarter.high <= fi.high + sv.high


def test_the_busiest_quarter_of_the_coming_hour_counts() -> None:
    rush = FIRST + (HORIZON_QUARTERS - 1) * QUARTER - WEEK
    after = rush + 3 * QUARTER
    counts = weeks_of(2)
    quiet = plan({"sv": counts}, SINCE, NOW, Policy(), Paces(), 1.0).needs(0).by_language["sv"]
    for start, more in ((rush, True), (after, False)):
        busy = plan({"sv": counts | {start: 500}}, SINCE, NOW, Policy(), Paces(), 1.0)
        assert (busy.needs(0).by_language["sv"] > quiet) is more


def test_nothing_known_needs_nobody_in_particular() -> None:
    assert plan({}, NOW, NOW, Policy(), Paces(), 1.6).needs(7).by_language == {}


@given(st.dictionaries(st.integers(1, 3), st.integers(0, 500)))
def test_an_agent_is_worth_at_least_one_conversation_and_less_than_two(
    slots: dict[int, int],
) -> None:
    assert 1 < worth_of_an_agent(slots) < 1.9
