"""Payouts: what agents are owed is held first, then posted with the files written, or voided.

Every step is repeatable, so that a process may die at any point: holds and settlements have keys
of their own, and what was left behind is finished or voided by whoever looks next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock
from alltid.kernel.money import decimals_of
from alltid.kernel.refusal import Refused
from alltid.pay.bank_account import SwedishAccount
from alltid.pay.bank_accounts import QUERIES, Vault
from alltid.pay.booking import owed_account
from alltid.pay.ledger import Account, Kind, Line, Post, Settle, Side
from alltid.pay.ledger_store import LedgerStore, Recorded, Rejected
from alltid.pay.pain001 import Payer
from alltid.pay.payout_files import BANK_NUMBER, PayoutHead, PayoutLine, payout_files

AGENTS_MOST: Final = 20_000
# One line of a transfer is the bank's.
AGENTS_OF_A_TRANSFER: Final = 499
EXPIRES: Final = timedelta(days=3)
LEFT_BEHIND: Final = timedelta(minutes=10)
KINDS: Final = ("pain001", "sie", "csv")
_NAMED_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """A payout; amounts in minor units of `currency`."""

    id: str
    market: str
    currency: str
    state: str
    total_minor: int
    agents: int
    transfers: int
    left_out: int
    pay_on: date
    prepared_by: str
    prepared_at: datetime
    expires_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    because: str | None


class Payouts:
    """Prepares, runs and voids payouts, one at a time in each currency."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Any],
        clock: Clock,
        ledger: LedgerStore,
        vault: Vault,
        *,
        company: str,
        payer: Payer | None,
        program_version: str,
    ) -> None:
        """Take the account that is paid from; without it nothing can be run."""
        self._pool = pool
        self._clock = clock
        self._ledger = ledger
        self._vault = vault
        self._company = company
        self._payer = payer
        self._program_version = program_version

    async def prepare(
        self, payout: str, market: str, currency: str, pay_on: date, by: str
    ) -> PayoutRow:
        """Hold everything that agents with a bank account are owed.

        Refused when another payout of the currency is open, an account is not valid, there is
        nothing to pay, or no account to pay from is set; nothing is held then.
        """
        now = self._clock.now()
        decimals_of(currency)
        if self._payer is None:
            message = "Set the company's own account first: ALLTID_PAYOUT_IBAN."
            raise Refused("no_payer", message)
        if not timedelta() <= pay_on - now.date() <= timedelta(days=60):
            raise Refused("bad_day", "A payout is for today or one of the next 60 days.")
        if known := await self._rows("payout", id=payout):
            return PayoutRow(*known[0])
        await self._open(payout, market, currency, pay_on, by, now)
        try:
            lines, left_out = await self._payable(currency)
            await self._hold(payout, currency, pay_on, lines, left_out, now)
        except BaseException as error:
            because = error.code if isinstance(error, Refused) else type(error).__name__
            await asyncio.shield(self._void(payout, ("preparing",), None, because))
            raise
        await self._move(payout, ("preparing",), "held")
        return await self.of(payout)

    async def run(self, payout: str, by: str) -> PayoutRow:
        """Write the files, then post what is held; Refused unless it is held."""
        row = await self.of(payout)
        if row.state in {"running", "paid"}:
            return await self._finish(row)
        if row.state != "held" or row.expires_at <= self._clock.now():
            raise Refused("not_held", "This payout is not waiting to be run: prepare a new one.")
        files = await self._files(row)
        async with self._pool.connection() as connection, connection.transaction():
            for kind, content in files.items():
                parameters = {"id": payout, "kind": kind, "content": content}
                await connection.execute(QUERIES["add_file"], parameters)
            moved = await connection.execute(
                QUERIES["payout_moves"], self._moves(payout, ("held",), "running", by)
            )
            if await moved.fetchone() is None:
                raise Refused("not_held", "Someone ran or voided this payout just now.")
        return await self._finish(await self.of(payout))

    async def void(self, payout: str, by: str, because: str) -> PayoutRow:
        """Let go of what is held; Refused once it runs."""
        row = await self.of(payout)
        if row.state == "void":
            return row
        if not await self._move(payout, ("held", "voiding"), "voiding", by, because):
            raise Refused("not_held", "This payout is being paid, or was: it can't be voided.")
        await self._void(payout, ("voiding",), by, because)
        return await self.of(payout)

    async def tidy(self) -> int:
        """Void what expired, finish what a process that died had begun; return how many."""
        now = self._clock.now()
        rows = await self._rows("unfinished", now=now, before=now - LEFT_BEHIND)
        for payout, state in rows:
            if state == "running":
                await self._finish(await self.of(payout))
            else:
                because = "expired" if state == "held" else "left behind"
                await self._void(payout, (state,), None, because)
        return len(rows)

    # ------------------------------------------------------------ steps

    async def _open(
        self, payout: str, market: str, currency: str, pay_on: date, by: str, now: datetime
    ) -> None:
        parameters = {
            "id": payout,
            "market": market,
            "currency": currency,
            "pay_on": pay_on,
            "by": by,
            "now": now,
            "expires_at": now + EXPIRES,
        }
        if not await self._rows("open_payout", **parameters):
            message = f"Another payout in {currency} is open: run it or void it first."
            raise Refused("payout_open", message)

    async def _payable(self, currency: str) -> tuple[list[PayoutLine], int]:
        await self._ledger.seal()
        rows = await self._rows("owed", currency=currency, limit=AGENTS_MOST)
        lines: list[PayoutLine] = []
        wrong: list[str] = []
        for agent, name, minor, holder, account, shown, basis in rows:
            if account is None:
                continue
            try:
                opened = self._vault.open(account)
            except Refused:
                wrong.append(name or agent)
                continue
            if isinstance(opened, SwedishAccount) and currency != "SEK":
                wrong.append(name or agent)
                continue
            lines.append(
                PayoutLine(len(lines) + 1, agent, int(minor), holder, opened, shown, basis)
            )
        if wrong:
            names = ", ".join(wrong[:_NAMED_MOST])
            message = f"The bank account of {names} can't be paid to. Nothing was held."
            raise Refused("bad_account", message)
        if not lines:
            raise Refused("nothing_owed", "Nobody with a bank account is owed anything.")
        return lines, len(rows) - len(lines)

    async def _hold(
        self,
        payout: str,
        currency: str,
        pay_on: date,
        lines: Sequence[PayoutLine],
        left_out: int,
        now: datetime,
    ) -> None:
        bank = Account(f"company/bank/{currency}", currency, BANK_NUMBER, Side.DEBIT)
        await self._ledger.open_accounts([bank])
        portions = [
            lines[begin : begin + AGENTS_OF_A_TRANSFER]
            for begin in range(0, len(lines), AGENTS_OF_A_TRANSFER)
        ]
        for portion in portions:
            columns = list(zip(*(_columns(line, self._vault) for line in portion), strict=True))
            names = ("lines", "agents", "minors", "holders", "accounts", "shown", "bases")
            parameters = {name: list(c) for name, c in zip(names, columns, strict=True)}
            async with self._pool.connection() as connection:
                await connection.execute(QUERIES["add_lines"], {"id": payout, **parameters})
        async with self._pool.connection() as connection:
            prepared = {
                "id": payout,
                "total": sum(line.minor for line in lines),
                "agents": len(lines),
                "transfers": len(portions),
                "left_out": left_out,
            }
            await connection.execute(QUERIES["payout_prepared"], prepared)
        for number, portion in enumerate(portions, 1):
            total = sum(line.minor for line in portion)
            entry = Post(
                key=_held(payout, number),
                booked_on=now.date(),
                lines=(
                    *(Line(owed_account(e.agent, currency), e.minor, currency) for e in portion),
                    Line(bank.code, -total, currency),
                ),
                memo="Payout",
                evidence={"kind": "payout", "payout": payout, "pay_on": pay_on.isoformat()},
                pending=True,
            )
            for reply in await self._ledger.post([entry]):
                if isinstance(reply, Rejected):
                    raise Refused(reply.code, reply.message)

    async def _files(self, row: PayoutRow) -> dict[str, bytes]:
        if self._payer is None:
            raise Refused("no_payer", "Set the company's own account first: ALLTID_PAYOUT_IBAN.")
        rows = await self._rows("lines", id=row.id, after=0, limit=AGENTS_MOST)
        lines = [
            PayoutLine(line, agent, minor, holder, self._vault.open(account), shown, basis)
            for line, agent, _, minor, holder, account, shown, basis in rows
        ]
        head = PayoutHead(
            number=row.id.replace("-", "")[:24],
            company=self._company,
            currency=row.currency,
            pay_on=row.pay_on,
            created_at=self._clock.now(),
            program_version=self._program_version,
        )
        # Seconds of work for ten thousand payments: not in the event loop.
        return dict(await asyncio.to_thread(payout_files, head, self._payer, lines))

    async def _finish(self, row: PayoutRow) -> PayoutRow:
        if row.state == "running":
            await self._settle(row.id, row.transfers, Kind.POST)
            await self._move(row.id, ("running",), "paid")
        return await self.of(row.id)

    async def _void(
        self, payout: str, states: tuple[str, ...], by: str | None, because: str
    ) -> None:
        if not await self._move(payout, states, "voiding", by, because):
            return
        await self._settle(payout, (await self.of(payout)).transfers, Kind.VOID)
        await self._move(payout, ("voiding",), "void")

    async def _settle(self, payout: str, transfers: int, how: Kind) -> None:
        """Post or void each hold, once; what was never held needs nothing."""
        today = self._clock.now().date()
        for number in range(1, transfers + 1):
            held = _held(payout, number)
            known = await self._ledger.transfer(held)
            key = f"payout/{payout}/{number}/{how.value}"
            if known is None or await self._ledger.transfer(key) is not None:
                continue
            for reply in await self._ledger.post([Settle(key, today, held, how, "Payout")]):
                if not isinstance(reply, Recorded) and reply.code != "already_settled":
                    raise Refused(reply.code, reply.message)

    # ------------------------------------------------------------ reading

    async def of(self, payout: str) -> PayoutRow:
        """Return a payout; Refused when there is none of that id."""
        rows = await self._rows("payout", id=payout)
        if not rows:
            raise Refused("no_payout", "There is no such payout.")
        return PayoutRow(*rows[0])

    async def latest(self, limit: int = 50) -> list[PayoutRow]:
        """Return payouts, the latest first; none that was refused while it was prepared."""
        return [PayoutRow(*row) for row in await self._rows("payouts", limit=limit)]

    async def lines(self, payout: str, after: int = 0, limit: int = 200) -> list[dict[str, Any]]:
        """Return lines of a payout as they may be shown."""
        rows = await self._rows("lines", id=payout, after=after, limit=limit)
        names = ("line", "agent", "name", "minor", "holder", "account", "basis")
        return [dict(zip(names, (*row[:5], *row[6:]), strict=True)) for row in rows]

    async def file(self, payout: str, kind: str) -> bytes:
        """Return a file of a payout; Refused before it ran."""
        rows = await self._rows("file", id=payout, kind=kind)
        if not rows:
            raise Refused("no_file", "The files of a payout are written when it is run.")
        return bytes(rows[0][0])

    async def of_agent(self, agent: str, limit: int = 50) -> list[dict[str, Any]]:
        """Return what was paid out to an agent, the latest first."""
        rows = await self._rows("payouts_of_agent", agent=agent, limit=limit)
        names = ("payout", "currency", "minor", "pay_on", "state", "account", "basis")
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def owed_to(self, agent: str, currencies: Sequence[str]) -> list[dict[str, Any]]:
        """Return what an agent is owed in each currency, and how much of it a payout holds."""
        rows = await self._rows("owed_to", agent=agent, currencies=list(currencies))
        return [{"currency": r[0], "minor": int(r[1]), "held_minor": int(r[2])} for r in rows]

    async def owed(self, currency: str, limit: int = AGENTS_MOST) -> list[dict[str, Any]]:
        """Return what agents are owed in a currency, and whether they have a bank account."""
        rows = await self._rows("owed", currency=currency, limit=limit)
        return [
            {"agent": r[0], "name": r[1], "minor": int(r[2]), "account": r[5], "basis": r[6]}
            for r in rows
        ]

    async def _move(
        self,
        payout: str,
        states: tuple[str, ...],
        to: str,
        by: str | None = None,
        because: str | None = None,
    ) -> bool:
        parameters = self._moves(payout, states, to, by, because)
        return bool(await self._rows("payout_moves", **parameters))

    def _moves(
        self,
        payout: str,
        states: tuple[str, ...],
        to: str,
        by: str | None = None,
        because: str | None = None,
    ) -> dict[str, Any]:
        return {
            "id": payout,
            "from": list(states),
            "to": to,
            "by": by,
            "because": because,
            "now": self._clock.now(),
        }

    async def _rows(self, query: str, **parameters: object) -> Sequence[Any]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(QUERIES[query], parameters)
            rows: Sequence[Any] = await cursor.fetchall()
        return rows


def _held(payout: str, number: int) -> str:
    return f"payout/{payout}/{number}"


def _columns(line: PayoutLine, vault: Vault) -> tuple[Any, ...]:
    account = vault.close(line.account)
    return (
        *(line.line, line.agent, line.minor, line.holder),
        *(account, line.account_shown, line.basis),
    )
