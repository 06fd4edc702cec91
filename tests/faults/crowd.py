"""Many customers and some agents who go about their business, each by dice of their own."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from tests.faults.evidence import Evidence, quiet
from tests.support.client import AgentLine, Customer, Line
from tests.support.server import Server

WISHES = (
    "Jag vill prata med en människa",
    "kan jag få prata med en riktig person tack",
    "I want to talk to a human please",
    "Ich möchte mit einem Menschen sprechen",
    "quiero hablar con una persona",
)
DEMO_PEOPLE = ("agent", "second_agent", "lead")
UNACKED_MOST = 12
HANDS_MOST = 3


@dataclass
class Crowd:
    """The people of a fault test. While `gate` is closed they only come back and resend."""

    seed: int
    customers: list[Customer] = field(default_factory=list)
    agents: list[AgentLine] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    pace_seconds: float = 0.25
    _lives: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [*self.customers, *self.agents]

    def dice(self, name: str) -> random.Random:
        """Dice that fall the same way for the same seed, whatever others do."""
        return random.Random(f"{self.seed}:{name}")

    async def arrive(self, server: Server, customers: int) -> None:
        """Come in, connect, and begin to live once the gate opens."""
        async with httpx.AsyncClient(base_url=server.http, timeout=30) as http:
            for _ in range(customers):
                self.customers.append(await Customer.arrive(http, server.ws))
            for who in DEMO_PEOPLE:
                self.agents.append(await AgentLine.sign_in(http, server.ws, who))
        for line in self.lines:
            line.begin()
        await self.all_present()
        for number, customer in enumerate(self.customers):
            self._live(self._customer(customer, self.dice(f"customer {number}"), number))
        for number, agent in enumerate(self.agents):
            self._live(self._agent(agent, self.dice(f"agent {number}")))

    def _live(self, life: object) -> None:
        assert asyncio.iscoroutine(life)
        self._lives.append(asyncio.create_task(life))

    async def all_present(self, seconds: float = 60.0) -> None:
        """Wait until everyone is connected and greeted."""
        await asyncio.gather(*(line.until(line.present.is_set, seconds) for line in self.lines))

    async def all_gone(self, seconds: float = 60.0) -> None:
        """Wait until everyone has noticed that the connection is lost."""
        await asyncio.gather(*(line.gone(seconds) for line in self.lines))

    async def all_settled(self, seconds: float = 60.0) -> None:
        """Wait until nobody has anything unacknowledged."""
        await asyncio.gather(*(line.settled(seconds) for line in self.lines))

    async def all_quiet(self, server: Server, seconds: float = 60.0) -> None:
        """Wait until the assistant has answered everyone and everyone has seen it."""
        deadline = time.monotonic() + seconds
        while not await asyncio.to_thread(quiet, server.database_url):
            assert time.monotonic() < deadline, "the assistant still owes answers"
            await asyncio.sleep(0.1)
        stored = await asyncio.to_thread(Evidence, server.database_url)
        for customer in self.customers:
            version, _ = stored.rows[customer.conversation or ""]
            await customer.until(lambda c=customer, v=version: c.version >= v)  # type: ignore[misc]

    async def rest(self) -> None:
        """Stop living, stay connected."""
        for life in self._lives:
            life.cancel()
        for life in self._lives:
            with contextlib.suppress(asyncio.CancelledError):
                await life
        self._lives.clear()

    async def leave(self) -> None:
        """Go home."""
        await self.rest()
        await asyncio.gather(*(line.leave() for line in self.lines))

    def unacked(self) -> int:
        """How many commands are under way."""
        return sum(len(line.unacked) for line in self.lines)

    def everyone_says(self, words: Callable[[int], str]) -> None:
        """Have each customer write at this very moment."""
        for number, customer in enumerate(self.customers):
            customer.say(words(number))

    async def _customer(self, customer: Customer, dice: random.Random, number: int) -> None:
        count = 0
        while True:
            await self.gate.wait()
            await asyncio.sleep(dice.expovariate(1 / self.pace_seconds))
            roll, burst = dice.random(), dice.randint(1, 3)
            if not self.gate.is_set() or len(customer.unacked) > UNACKED_MOST:
                continue
            if roll < 0.08:
                customer.say(dice.choice(WISHES))
            elif roll < 0.14:
                customer.ask_human()
            elif roll < 0.16 and customer.status == "waiting":
                customer.command("stay_with_assistant")
            elif roll < 0.2 and customer.status == "resolved":
                customer.command("rate", solved=True, score=dice.randint(1, 5))
            else:
                for _ in range(burst):
                    count += 1
                    customer.say(f"Fråga {count} av kund {number}: när förfaller fakturan?")

    async def _agent(self, agent: AgentLine, dice: random.Random) -> None:
        count = 0
        while True:
            await self.gate.wait()
            await asyncio.sleep(dice.uniform(0.05, 0.25))
            if not self.gate.is_set() or not agent.present.is_set():
                continue
            if not agent.online:
                agent.go_online()
                continue
            busy = {sent.frame["conversation"] for sent in agent.unacked.values()}
            for conversation in [each for each in agent.hands if each not in busy]:
                count += 1
                roll = dice.random()
                if roll < 0.5:
                    agent.say(conversation, f"Svar {count}: fakturan förfaller på fredag.")
                elif roll < 0.6:
                    agent.resolve(conversation, note="klart")
                elif roll < 0.63:
                    agent.command("return_to_queue", conversation=conversation)
            if agent.waiting and len(agent.hands) < HANDS_MOST and dice.random() < 0.5:
                agent.take(agent.waiting[0]["conversation"])
