"""Everything about pay that a running desk has, put together by the desk and used by routes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from alltid.insights.pay_view import PayView
from alltid.insights.settlement import FloorWatch, Settlement
from alltid.kernel.clock import Clock
from alltid.kernel.ids import IdSource
from alltid.kernel.refusal import Refused
from alltid.pay.bank_accounts import BankAccounts
from alltid.pay.disputes import Disputes
from alltid.pay.figures import Figures
from alltid.pay.ledger_store import LedgerStore
from alltid.pay.payouts import Payouts
from alltid.pay.quotes import PayQuotes, Surges, in_force
from alltid.pay.rate_card import RateCard
from alltid.pay.rate_cards import RateCards
from alltid.pay.statements import Statements

log = structlog.get_logger(__name__)

SEAL_EVERY: Final = timedelta(seconds=1)
TIDY_EVERY: Final = timedelta(seconds=30)
SURGE_EVERY: Final = timedelta(seconds=3)
_UNSEALED: Final = "SELECT EXISTS (SELECT FROM ledger_unsealed)"
_AWAY: Final = (psycopg.Error, PoolTimeout, OSError, Refused)


@dataclass(frozen=True, slots=True)
class PayDesk:
    """The parts of pay."""

    company: str
    pool: AsyncConnectionPool[Any]
    clock: Clock
    ids: IdSource
    ledger: LedgerStore
    cards: RateCards
    quotes: PayQuotes
    surges: Surges
    statements: Statements
    disputes: Disputes
    figures: Figures
    accounts: BankAccounts
    payouts: Payouts
    view: PayView
    settlement: Settlement
    watch: FloorWatch

    async def start(self) -> None:
        """Make sure that there is a rate card to pay by."""
        await self.quotes.seed()

    async def card_of(self, market: str, currency: str) -> RateCard:
        """Return the version in force; Refused when there is none."""
        for card in in_force(await self.cards.all(), self.clock.now()):
            if (card.market, card.currency) == (market, currency):
                return card
        raise Refused("no_rate_card", f"No rate card for {market} in {currency} is in force.")

    async def seal(self) -> None:
        """Seal the books about once a second, when there is something to seal, until cancelled."""
        while True:
            try:
                async with self.pool.connection() as connection:
                    row = await (await connection.execute(_UNSEALED)).fetchone()
                if row and row[0]:
                    await self.ledger.seal()
            except _AWAY as error:
                log.warning("sealing_waits", error=type(error).__name__)
            await asyncio.sleep(SEAL_EVERY.total_seconds())

    async def tidy(self) -> None:
        """Void payouts that expired and finish those left behind, until cancelled."""
        while True:
            try:
                await self.payouts.tidy()
            except _AWAY as error:
                log.warning("payouts_wait", error=type(error).__name__)
            await asyncio.sleep(TIDY_EVERY.total_seconds())

    async def hold_budgets(self) -> None:
        """End rushes whose budget is used up, until cancelled."""
        while True:
            try:
                for card in in_force(await self.cards.all(), self.clock.now()):
                    await self.surges.stop_when_spent(card)
            except _AWAY as error:
                log.warning("surges_wait", error=type(error).__name__)
            await asyncio.sleep(SURGE_EVERY.total_seconds())
