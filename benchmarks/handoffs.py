"""From "a person, please" to the offer on a free agent's page: how long that takes.

    python benchmarks/handoffs.py                      # 50 handoffs a second, 1,000 agents
    python benchmarks/handoffs.py --json out.json
    python benchmarks/handoffs.py --rate 20 --agents 200 --seconds 10

Customers press the button at random moments (a Poisson process). The time runs until the frame
with the offer has reached an agent's socket; the agent accepts at once, and resolves a little
later. Server, PostgreSQL and all these people share the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop
from desk import quantiles
from desk_process import RunningDesk, running_desk
from people import Customer, Socket, agent_online
from rich.console import Console
from rich.progress import track
from rich.table import Table

AGENTS_AT_ONCE = 20


@dataclass
class Tally:
    """When each conversation asked, was offered first, and was accepted."""

    asked: dict[str, float] = field(default_factory=dict)
    offered: dict[str, float] = field(default_factory=dict)
    accepted: dict[str, float] = field(default_factory=dict)
    refused: int = 0

    def seconds(self, until: dict[str, float]) -> list[float]:
        return [until[key] - at for key, at in self.asked.items() if key in until]


class Freelancer:
    """Accepts whatever is offered, and resolves it after a while."""

    def __init__(self, socket: Socket, tally: Tally, works_seconds: float) -> None:
        self.socket = socket
        self.tally = tally
        self.works_seconds = works_seconds
        self.answered: set[str] = set()
        socket.on_frame = self.frame

    def frame(self, payload: bytes) -> None:
        if b'"session"' not in payload and b'"ack"' not in payload and b'"error"' not in payload:
            return
        now = time.perf_counter()
        said = json.loads(payload)
        for frame in said if isinstance(said, list) else [said]:
            match frame["type"]:
                case "session":
                    for offer in frame["offers"]:
                        self.offered(offer, now)
                case "ack" if "conversation" in frame:
                    self.tally.accepted.setdefault(frame["conversation"], now)
                    loop = asyncio.get_running_loop()
                    loop.call_later(self.works_seconds, self.resolve, frame["conversation"])
                case "error":
                    self.tally.refused += 1

    def offered(self, offer: dict[str, Any], now: float) -> None:
        if offer["id"] in self.answered:
            return
        self.answered.add(offer["id"])
        self.tally.offered.setdefault(offer["conversation"], now)
        client_id = str(uuid.uuid4())
        self.socket.send_json(type="accept_offer", client_id=client_id, offer=offer["id"])

    def resolve(self, conversation: str) -> None:
        if conversation in self.answered:
            return
        self.answered.add(conversation)
        self.socket.send_json(
            type="resolve",
            client_id=str(uuid.uuid4()),
            conversation=conversation,
            reason="solved",
            note="",
        )


async def measure(desk: RunningDesk, options: argparse.Namespace) -> dict[str, Any]:
    tally = Tally()
    for start in track(range(0, options.agents, AGENTS_AT_ONCE), "agents come"):
        numbers = range(start, min(options.agents, start + AGENTS_AT_ONCE))
        for socket in await asyncio.gather(*(agent_online(desk, number) for number in numbers)):
            Freelancer(socket, tally, options.works)
    handoffs = int(options.rate * options.seconds)
    customers = [await Customer.come(desk) for _ in track(range(handoffs), "customers come")]
    draw = random.Random(options.seed)
    due = time.perf_counter() + 1
    for customer in track(customers, "customers ask"):
        due += draw.expovariate(options.rate)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tally.asked[customer.conversation] = time.perf_counter()
        customer.socket.send_json(type="ask_human", client_id=str(uuid.uuid4()))
    for _ in range(100):
        if len(tally.accepted) >= len(customers):
            break
        await asyncio.sleep(0.1)
    return {
        "asked": len(tally.asked),
        "offered": len(tally.offered),
        "accepted": len(tally.accepted),
        "refused": tally.refused,
        "to_offer": quantiles(tally.seconds(tally.offered)),
        "to_accepted": quantiles(tally.seconds(tally.accepted)),
    }


async def run(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="alltid-") as folder:
        async with running_desk(Path(folder), options.port, options.agents) as desk:
            return await measure(desk, options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rate", type=float, default=50.0, help="handoffs a second")
    parser.add_argument("--agents", type=int, default=1_000, help="agents online")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long customers ask")
    parser.add_argument("--works", type=float, default=5.0, help="seconds until resolved")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = uvloop.run(run(options))
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    table = Table(title=f"{options.rate:g} handoffs a second, {options.agents:,} agents online")
    for column in ("from asking to", "p50 ms", "p95 ms", "p99 ms", "max ms"):
        table.add_column(column, justify="right")
    for name in ("to_offer", "to_accepted"):
        figures = result[name]
        table.add_row(name[3:], *(f"{figures[key]:.0f}" for key in figures))
    Console().print(table)
    print(f"{result['offered']} of {result['asked']} offered, {result['accepted']} accepted")
    if options.json:
        options.json.write_text(json.dumps({"machine": machine, **result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
