"""How fast offers are matched and decided, and what that means for people.

`python benchmarks/matching.py [--json] [--seeds 3]` prints a table (or JSON).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from routing import ROUTERS, live

from alltid.agents import session_commands as does
from alltid.agents.session_events import Capacity, Choices, Fact, Outcome
from alltid.agents.session_rules import Session
from alltid.agents.session_rules import decide as decide_session
from alltid.agents.session_rules import evolve as evolve_session
from alltid.dispatch import offer as offers
from alltid.dispatch.candidates import AvailableAgent, WaitingCustomer
from alltid.dispatch.explanation_record import pack
from alltid.dispatch.matching import match
from alltid.dispatch.policy import Policy

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
LANGUAGES = ("sv", "en", "de", "fi", "nb")
SKILLS = ("refunds", "fraud", "payments")


def desk(waiting: int, agents: int, seed: int = 1) -> tuple[list[Any], list[Any]]:
    """Make a desk: five languages, three skills at three levels, slots 3, some history."""
    chance = random.Random(seed)

    def someone() -> str:
        return f"a{chance.randrange(agents)}"

    rows = [
        WaitingCustomer(
            conversation_id=f"c{number}",
            asked_at=NOW - timedelta(seconds=chance.expovariate(1 / 60)),
            language=chance.choice(LANGUAGES),
            topic=chance.choice(SKILLS),
            skill=chance.choice((None, *SKILLS)),
            skill_level=chance.randint(1, 3),
            helped_before=someone() if chance.random() < 0.1 else None,
            declined={someone(): NOW - timedelta(seconds=30)} if chance.random() < 0.1 else {},
            passed={someone(): 1} if chance.random() < 0.05 else {},
        )
        for number in range(waiting)
    ]
    there = [
        AvailableAgent(
            agent_id=f"a{number}",
            languages=frozenset(chance.sample(LANGUAGES, chance.choice((1, 1, 2, 3)))),
            skills={skill: chance.randint(1, 3) for skill in SKILLS if chance.random() < 0.6},
            slots=3,
            load=chance.randint(0, 2),
            earned_minor=chance.randrange(100_000),
            guaranteed_seconds=chance.randrange(20_000),
        )
        for number in range(agents)
    ]
    return rows, there


def milliseconds(run: Callable[[], Any], times: int) -> dict[str, float]:
    run()
    wall, processor = [], []
    for _ in range(times):
        began, began_cpu = time.perf_counter(), time.process_time()
        run()
        wall.append((time.perf_counter() - began) * 1e3)
        processor.append((time.process_time() - began_cpu) * 1e3)
    return {
        "least": min(wall),
        "median": statistics.median(wall),
        "most": max(wall),
        "processor_median": statistics.median(processor),
    }


def matching(waiting: int, agents: int, times: int) -> dict[str, Any]:
    rows, there = desk(waiting, agents)
    policy = Policy()
    made = match(rows, there, policy, NOW)
    return {
        "waiting": waiting,
        "agents": agents,
        "offers": len(made.offers),
        "doubled": sum(offer.doubled for offer in made.offers),
        "match_ms": milliseconds(lambda: match(rows, there, policy, NOW), times),
        "record_ms": milliseconds(lambda: pack(made.explanations), max(1, times // 3)),
        "record_bytes": len(pack(made.explanations)),
    }


def deciders(count: int) -> dict[str, float]:
    """Offers a second through both deciders: hold, make, show, accept or decline, end."""
    choices = Choices(frozenset({"sv"}), slots=3)
    online = does.GoOnline("a", Capacity.GUARANTEED, Capacity.GUARANTEED, "", "r", choices)
    session = _session(Session(), online)
    terms = offers.Terms("sv", "refund", 2, 9, 4_500, "SEK")
    until = NOW + timedelta(seconds=20)
    began = time.process_time()
    for number in range(count):
        name = f"o{number}"
        session = _session(session, does.HoldOffer(name))
        offer = offers.Offer()
        made = offers.Offered(name, "a", "s", "p", terms, until)
        accepted = number % 4 != 0
        last = offers.Accept() if accepted else offers.Decline()
        for command in (offers.Make(made), offers.Show(), last):
            for event in offers.decide(offer, command, NOW):
                offer = offers.evolve(offer, event)
        if accepted:
            session = _session(session, does.TakeChat(name, name))
            session = _session(session, does.EndChat(name))
        else:
            outcome = Outcome(offer.stage.value)
            session = _session(session, does.ReleaseOffer(name, outcome))
    return {"offers_per_second": count / (time.process_time() - began)}


def _session(session: Session, command: does.Command) -> Session:
    for event in decide_session(session, command, NOW):
        session = evolve_session(session, Fact(NOW, event))
    return session


def routing(seeds: int) -> list[dict[str, Any]]:
    """Live the same days by each way of routing; figures are means over the days."""
    compared = []
    for kind in ROUTERS:
        days = [live(kind(), seed) for seed in range(1, seeds + 1)]
        mean = {name: statistics.fmean(day[name] for day in days) for name in days[0]}
        compared.append({"way": kind.label, **mean})
    return compared


def show(found: dict[str, Any]) -> None:
    console = Console(width=120)
    speed = Table(title=f"Speed (load of the machine {found['load']:.1f})")
    for head in ("what", "median", "least", "processor", "aim"):
        speed.add_column(head, justify="left" if head == "what" else "right")
    aims = {300: "< 20 ms", 2000: "< 1000 ms"}
    for each in found["matching"]:
        times = each["match_ms"]
        speed.add_row(
            f"match {each['waiting']} x {each['agents']} x 3 slots, explained",
            *(f"{times[key]:.1f} ms" for key in ("median", "least", "processor_median")),
            aims[each["waiting"]],
        )
        times = each["record_ms"]
        speed.add_row(
            f"  its record, {each['record_bytes'] / 1e3:,.0f} kB",
            *(f"{times[key]:.1f} ms" for key in ("median", "least", "processor_median")),
        )
    rate = found["deciders"]["offers_per_second"]
    speed.add_row("offers through the deciders", f"{rate:,.0f}/s", "", "", "> 5,000/s")
    console.print(speed)
    ways = Table(
        title="The same days (models of public desks, not the products)",
        caption="stranded: no human before patience ran out or the day ended. "
        "overlooked: past 3 min, for over 20 s, while someone at a screen with a free slot "
        "spoke the language. Spreads are standard deviations. benchmarks/routing.py describes "
        "the models.",
    )
    heads = {
        "way": "way",
        "median_seconds": "median s",
        "p95_seconds": "p95 s",
        "within_3_min_percent": "in 3 min %",
        "stranded": "stranded",
        "overlooked": "overlooked",
        "idle_spread_percent": "idle spread %",
        "earned_spread_percent": "pay spread %",
        "over_capacity": "over capacity",
    }
    for head in heads.values():
        ways.add_column(head, justify="left" if head == "way" else "right", no_wrap=head == "way")
    for each in found["routing"]:
        figures = (f"{each[key]:.1f}" for key in list(heads)[1:])
        ways.add_row(each["way"], *figures)
    console.print(ways)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--times", type=int, default=15)
    asked = parser.parse_args()
    found = {
        "load": os.getloadavg()[0],
        "matching": [matching(300, 300, asked.times), matching(2000, 2000, 5)],
        "deciders": deciders(20_000),
        "routing": routing(asked.seeds),
    }
    if asked.json:
        print(json.dumps(found, indent=1))
    else:
        show(found)


if __name__ == "__main__":
    main()
