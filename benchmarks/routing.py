"""One desk's day in miniature, lived by four ways of routing on the same arrivals.

Three are models of public desks, written from one-sentence descriptions of their default
routing. They are not those products, and say nothing else about them:

- polling: round robin by polling every 5 minutes, with a cap for each agent
- fewest: fewest open chats, no offer or acceptance, conversations past an age excluded
- next index: the next after the last assigned; capacity is counted apart and not locked, so
  a count may be some seconds old

All get the same customers (time, language, patience, amount of work) and the same agents (time
online, languages, moments away from the screen). To be kind to the models, they too look at
languages, and agents finish what they have before they leave. Work goes at the rates of an
agent with 1, 2 or 3 chats at once; each chat of more than three slows the others down.
"""

from __future__ import annotations

import random
import statistics
import zlib
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from alltid.dispatch.candidates import AvailableAgent, WaitingCustomer
from alltid.dispatch.matching import match
from alltid.dispatch.policy import Policy

SECONDS = 3 * 3600
SLOTS = 3
RATE = 0.125 / 60
CONCURRENCY = (0.0, 1.0, 1.6, 1.9)
PATIENCE_SECONDS = 15 * 60
PAY_MINOR = 4_500
ACCEPTS = 0.93
START = datetime(2026, 1, 1, 8, tzinfo=UTC)


@dataclass(slots=True)
class Customer:
    name: str
    at: int
    language: str
    patience: float
    work: float
    answered_at: int | None = None
    left: bool = False
    assigned: bool = False
    # Seconds of waiting past 3 minutes while someone who speaks the language had a free slot.
    forgotten: int = 0


@dataclass(slots=True)
class Worker:
    name: str
    languages: frozenset[str]
    begins: int
    ends: int
    away: list[tuple[int, int]]
    chats: list[Customer] = field(default_factory=list)
    # Assigned without being asked, and not noticed yet: (customer, from when it is seen).
    inbox: list[tuple[Customer, int]] = field(default_factory=list)
    offers: int = 0
    earned: int = 0
    online_seconds: int = 0
    idle_seconds: int = 0
    over: int = 0

    def online(self, now: int) -> bool:
        return self.begins <= now < self.ends

    def at_screen(self, now: int) -> bool:
        return bool(self.chats) or not any(start <= now < end for start, end in self.away)

    @property
    def open(self) -> int:
        return len(self.chats) + len(self.inbox)

    def speaks(self, customer: Customer) -> bool:
        return customer.language in self.languages


class Router(Protocol):
    """A way of routing; told each second who waits unassigned, oldest first."""

    def route(self, now: int, waiting: list[Customer], workers: list[Worker]) -> None: ...


def people(seed: int) -> tuple[list[Customer], list[Worker]]:
    chance = random.Random(seed)
    customers, now = [], 0.0
    while True:
        peak = 60 * 60 < now < 100 * 60
        now += chance.expovariate((8.0 if peak else 4.0) / 60)
        if now >= SECONDS:
            break
        customers.append(
            Customer(
                f"c{len(customers)}",
                int(now),
                "en" if chance.random() < 0.25 else "sv",
                chance.expovariate(1 / PATIENCE_SECONDS),
                chance.expovariate(1.0),
            )
        )
    workers = []
    for number in range(70):
        begins = chance.randrange(-3600, SECONDS)
        ends = begins + chance.randrange(3600, 3 * 3600)
        away, at = [], float(begins)
        while at < ends:
            at += chance.expovariate(1 / 1200)
            away.append((int(at), int(at := at + chance.expovariate(1 / 150))))
        languages = frozenset({"sv", "en"} if chance.random() < 0.35 else {"sv"})
        workers.append(Worker(f"a{number}", languages, begins, ends, away))
    return customers, workers


def live(router: Router, seed: int) -> dict[str, float]:
    """Live through the day and return its figures."""
    customers, workers = people(seed)
    coming, waiting = deque(customers), list[Customer]()
    for now in range(SECONDS):
        while coming and coming[0].at <= now:
            waiting.append(coming.popleft())
        waiting = [each for each in waiting if each.answered_at is None and not _leaves(each, now)]
        router.route(now, [each for each in waiting if not each.assigned], workers)
        for worker in workers:
            _work(worker, now)
        for customer in waiting:
            if customer.answered_at is None and now - customer.at > 180:
                customer.forgotten += any(
                    worker.online(now) and worker.open + worker.offers < SLOTS
                    for worker in workers
                    if worker.speaks(customer) and worker.at_screen(now)
                )
    return _figures(customers, workers)


def _leaves(customer: Customer, now: int) -> bool:
    customer.left = now - customer.at > customer.patience
    return customer.left


def _work(worker: Worker, now: int) -> None:
    online = worker.online(now)
    if online:
        worker.online_seconds += 1
        worker.idle_seconds += not worker.chats
    worker.inbox = [(each, seen) for each, seen in worker.inbox if not each.left]
    for customer, seen in list(worker.inbox):
        if now >= seen and worker.at_screen(now):
            worker.inbox.remove((customer, seen))
            answer(worker, customer, now)
    if worker.chats:
        count = len(worker.chats)
        pace = RATE * CONCURRENCY[min(count, 3)] / count
        for customer in list(worker.chats):
            customer.work -= pace
            if customer.work <= 0:
                worker.chats.remove(customer)
                worker.earned += PAY_MINOR


def answer(worker: Worker, customer: Customer, now: int) -> None:
    customer.answered_at = now
    worker.chats.append(customer)


def assign(worker: Worker, customer: Customer, now: int) -> None:
    """Put a conversation into an agent's list, asked or not; they notice it in some seconds."""
    worker.over += worker.open >= SLOTS
    customer.assigned = True
    worker.inbox.append((customer, now + 5))


class Polling:
    label = "round robin by polling"

    def __init__(self) -> None:
        self.turn = 0

    def route(self, now: int, waiting: list[Customer], workers: list[Worker]) -> None:
        if now % 300:
            return
        for customer in waiting:
            for step in range(len(workers)):
                worker = workers[(self.turn + step) % len(workers)]
                if worker.online(now) and worker.speaks(customer) and worker.open < SLOTS:
                    assign(worker, customer, now)
                    self.turn += step + 1
                    break


class Fewest:
    label = "fewest open chats"
    age_limit = 600

    def route(self, now: int, waiting: list[Customer], workers: list[Worker]) -> None:
        for customer in waiting:
            if now - customer.at > self.age_limit:
                continue
            able = [
                worker
                for worker in workers
                if worker.online(now) and worker.speaks(customer) and worker.open < SLOTS
            ]
            if able:
                assign(min(able, key=lambda worker: worker.open), customer, now)


class NextIndex:
    label = "next index"

    def __init__(self) -> None:
        self.last = -1
        self.counts: dict[str, int] = {}

    def route(self, now: int, waiting: list[Customer], workers: list[Worker]) -> None:
        if now % 3 == 0:
            self.counts = {worker.name: worker.open for worker in workers}
        for customer in waiting:
            for step in range(1, len(workers) + 1):
                place = (self.last + step) % len(workers)
                worker = workers[place]
                room = self.counts.get(worker.name, 0) < SLOTS
                if worker.online(now) and worker.speaks(customer) and room:
                    assign(worker, customer, now)
                    self.last = place
                    break


class Offers:
    """Ours: the real `match`, with offers that are accepted, declined or run out."""

    label = "Alltid"

    def __init__(self) -> None:
        self.policy = Policy()
        self.open: list[tuple[int, Customer, Worker, int]] = []
        self.declined: dict[str, dict[str, datetime]] = {}
        self.passed: dict[str, dict[str, int]] = {}
        self.unseen: dict[str, int] = {}

    def route(self, now: int, waiting: list[Customer], workers: list[Worker]) -> None:
        self._settle(now)
        free = [w for w in workers if w.online(now) and self.unseen.get(w.name, 0) < 3]
        if not waiting or not any(w.open + w.offers < SLOTS for w in free):
            return
        rows = [self._described(customer) for customer in waiting]
        agents = [
            AvailableAgent(
                agent_id=worker.name,
                languages=worker.languages,
                slots=SLOTS,
                load=worker.open + worker.offers,
                earned_minor=worker.earned,
                guaranteed_seconds=worker.online_seconds,
            )
            for worker in free
        ]
        by_name: dict[str, Any] = {each.name: each for each in (*waiting, *workers)}
        for offer in match(rows, agents, self.policy, START + timedelta(seconds=now)).offers:
            customer, worker = by_name[offer.conversation_id], by_name[offer.agent_id]
            worker.offers += 1
            self.open.append((now, customer, worker, now + self.policy.offer_seconds))

    def _described(self, customer: Customer) -> WaitingCustomer:
        return WaitingCustomer(
            conversation_id=customer.name,
            asked_at=START + timedelta(seconds=customer.at),
            language=customer.language,
            declined=self.declined.get(customer.name, {}),
            passed=self.passed.get(customer.name, {}),
            offered_to=tuple(w.name for _, c, w, _ in self.open if c is customer),
        )

    def _settle(self, now: int) -> None:
        """Let agents answer their offers 5 s after they came, if they see them."""
        still = []
        for made, customer, worker, until in self.open:
            gone = customer.left or customer.answered_at is not None or not worker.online(now)
            if gone:
                worker.offers -= 1
            elif now - made >= 5 and worker.at_screen(now):
                worker.offers -= 1
                self.unseen[worker.name] = 0
                draw = zlib.crc32(f"{customer.name} {worker.name}".encode()) / 2**32
                if draw < ACCEPTS:
                    answer(worker, customer, now)
                else:
                    at = START + timedelta(seconds=now)
                    self.declined.setdefault(customer.name, {})[worker.name] = at
            elif now >= until:
                worker.offers -= 1
                passed = self.passed.setdefault(customer.name, {})
                passed[worker.name] = passed.get(worker.name, 0) + 1
                self.unseen[worker.name] = self.unseen.get(worker.name, 0) + 1
            else:
                still.append((made, customer, worker, until))
        self.open = still
        for name, unseen in list(self.unseen.items()):
            # Paused after three unseen; back with one tap, ten minutes later.
            self.unseen[name] = unseen + 1 if unseen >= 3 else unseen
            if unseen > 600:
                self.unseen[name] = 0


ROUTERS: tuple[type[Any], ...] = (Offers, Polling, Fewest, NextIndex)


def _figures(customers: list[Customer], workers: list[Worker]) -> dict[str, float]:
    # Those who came in the last ten minutes have not had their chance.
    judged = [each for each in customers if each.at < SECONDS - 600]
    waits = sorted(each.answered_at - each.at for each in judged if each.answered_at is not None)
    worked = [each for each in workers if each.online_seconds >= 1800]
    idle = [each.idle_seconds / each.online_seconds for each in worked]
    earned = [each.earned * 36 / each.online_seconds for each in worked]
    return {
        "customers": len(judged),
        "median_seconds": statistics.median(waits),
        "p95_seconds": waits[int(len(waits) * 0.95)],
        "within_3_min_percent": 100 * sum(wait <= 180 for wait in waits) / len(judged),
        "stranded": sum(each.answered_at is None for each in judged),
        "overlooked": sum(each.forgotten > 20 for each in judged),
        "idle_spread_percent": 100 * statistics.pstdev(idle),
        "earned_mean_per_hour": statistics.fmean(earned),
        "earned_spread_percent": 100 * statistics.pstdev(earned) / statistics.fmean(earned),
        "over_capacity": sum(each.over for each in workers),
    }
