"""The books in PostgreSQL: groups of commands decided, and recorded in one statement.

The database enforces the rules by itself (migration 0040); here they are decided first, so that
each command gets an answer of its own. Two requests that cross are told apart by the database:
the group is then read again and decided again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.pay.chain import GENESIS, account_leaf_of, head_of, joined, leaf_of
from alltid.pay.ledger import (
    Account,
    Balance,
    Books,
    Command,
    Post,
    Side,
    Transfer,
    decide,
    digest_of,
    facts_of,
    record,
    transfer_from,
)
from alltid.pay.ledger_groups import codes_known, codes_of, groups_of, referred
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.pay", "ledger.sql")
SEAL_MOST: Final = 10_000
_ATTEMPTS: Final = 8
_CROSSED: Final = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.CheckViolation,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The command is in the books; `repeated` when it had been there before."""

    key: str
    position: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The command was refused and left nothing behind; its key is still free."""

    key: str
    code: str
    message: str


Reply = Recorded | Rejected
Beside = Callable[[psycopg.AsyncConnection[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Seal:
    """The end of the chain: anything sealed up to here is told unchanged by `head`."""

    number: int
    head: bytes
    transfers: int


class LedgerStore:
    """The books of one company."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._clock = clock
        # Accounts never change, so what is known of them stays true.
        self._accounts: dict[str, tuple[int, Account]] = {}

    async def open_accounts(self, accounts: Sequence[Account]) -> None:
        """Make accounts; those that exist stay. Refused when one exists and is different."""
        async with self._pool.connection() as connection:
            parameters = {
                "codes": [account.code for account in accounts],
                "currencies": [account.currency for account in accounts],
                "book_numbers": [account.book_number for account in accounts],
                "normals": [account.normal.value for account in accounts],
                "guarded": [account.guarded for account in accounts],
                "now": self._clock.now(),
            }
            await connection.execute(QUERIES["open_accounts"], parameters)
            await self._learn(connection, [account.code for account in accounts])
        for account in accounts:
            if self._accounts[account.code][1] != account:
                raise Refused("account_differs", f"{account.code} exists and is different.")

    async def post(
        self,
        commands: Sequence[Command],
        *,
        together: bool = False,
        also: Beside | None = None,
    ) -> list[Reply]:
        """Decide commands in their order and record what is accepted, each for itself.

        `together` records all or nothing; such commands may not refer to each other. Repeating
        a command gives its first answer again. `also` writes more in the same transaction, when
        nothing was refused; with it goes together. Refused ("busy") when others kept crossing
        it; nothing of the group that was under way is recorded then.
        """
        together = together or also is not None
        groups = groups_of(commands)
        if together and len(groups) > 1:
            raise Refused("not_together", "These commands can't be recorded in one go.")
        replies: list[Reply] = []
        for group in groups:
            replies += await self._post_group(group, together=together, also=also)
        return replies

    async def _post_group(
        self, group: Sequence[Command], *, together: bool, also: Beside | None
    ) -> list[Reply]:
        crossed: psycopg.Error | None = None
        for attempt in range(_ATTEMPTS):
            try:
                async with self._pool.connection() as connection:
                    await self._learn(connection, codes_of(group))
                    if attempt == 0 and also is None and self._is_plain(group):
                        # Most keys are new: ask nothing first, the database refuses the rest.
                        books = self._books(codes_of(group))
                        return await self._record(connection, group, books, {}, together=together)
                    async with connection.transaction():
                        books, positions = await self._read(connection, group)
                        replies = await self._record(
                            connection, group, books, positions, together=together
                        )
                        await _write_beside(connection, replies, also)
                        return replies
            except _CROSSED as error:
                crossed = error
        raise Refused("busy", "Other postings kept crossing this one: send it again.") from crossed

    def _is_plain(self, group: Sequence[Command]) -> bool:
        """Tell whether nothing but keys and the period can stand against the group."""
        return all(
            isinstance(command, Post)
            and not any(
                found[1].guarded and (line.minor > 0) == (found[1].normal is Side.CREDIT)
                for line in command.lines
                if (found := self._accounts.get(line.account))
            )
            for command in group
        )

    def _books(self, codes: Iterable[str]) -> Books:
        known = ((code, self._accounts.get(code)) for code in codes)
        return Books(accounts={code: found[1] for code, found in known if found})

    async def _read(
        self, connection: psycopg.AsyncConnection[Any], group: Sequence[Command]
    ) -> tuple[Books, dict[str, int]]:
        """Read what a decision on the group rests on; accounts that may run dry are locked.

        In this order: locks, closings, transfers, balances. A request that repeats one under way
        must find that one's transfer whenever it finds anything else that came of it. All locks
        are taken at once and in order, so that two groups never wait for each other.
        """
        codes = codes_of(group)
        if refers := [key for key in map(referred, group) if key]:
            codes |= codes_known(await self._known(connection, refers))
        await self._learn(connection, codes)
        ids = sorted(self._guarded(codes))
        if ids:
            await connection.execute(QUERIES["lock_accounts"], {"ids": ids})
        row = await (await connection.execute(QUERIES["closed_before"])).fetchone()
        keys = [*refers, *(command.key for command in group)]
        books, positions = found = await self._known(connection, keys)
        codes |= codes_known(found)
        await self._learn(connection, codes)
        if self._guarded(codes) - set(ids):
            # What the group refers to was recorded just now: its accounts must be locked too.
            raise psycopg.errors.SerializationFailure
        books.closed_before = row and row[0]
        books.accounts = self._books(codes).accounts
        if ids:
            rows = await connection.execute(QUERIES["balances"], {"ids": ids})
            books.balances = {code: Balance(*each) for code, *each in await rows.fetchall()}
        return books, positions

    def _guarded(self, codes: Iterable[str]) -> set[int]:
        known = [self._accounts[code] for code in codes if code in self._accounts]
        return {number for number, account in known if account.guarded}

    async def _known(
        self, connection: psycopg.AsyncConnection[Any], keys: Sequence[str]
    ) -> tuple[Books, dict[str, int]]:
        """Read transfers by their keys, and what became of them."""
        books, positions = Books(), dict[str, int]()
        rows = await connection.execute(QUERIES["known"], {"keys": keys})
        for position, facts, settled, reversed_ in await rows.fetchall():
            transfer = transfer_from(facts)
            books.transfers[transfer.key] = transfer
            positions[transfer.key] = position
            if settled:
                books.settled.add(transfer.key)
            if reversed_:
                books.reversed.add(transfer.key)
        return books, positions

    async def _record(
        self,
        connection: psycopg.AsyncConnection[Any],
        group: Sequence[Command],
        books: Books,
        positions: dict[str, int],
        *,
        together: bool,
    ) -> list[Reply]:
        """Decide each command on `books` and store what was accepted."""
        accepted: list[Transfer] = []
        replies: list[Rejected | str] = []
        for command in group:
            try:
                transfer = decide(books, command)
            except Refused as refused:
                replies.append(Rejected(command.key, refused.code, refused.message))
                continue
            if transfer is not None:
                record(books, transfer)
                accepted.append(transfer)
            replies.append(command.key)
        if together and any(isinstance(reply, Rejected) for reply in replies):
            message = "Another transfer that belongs to this one was refused."
            return [
                reply if isinstance(reply, Rejected) else Rejected(reply, "not_alone", message)
                for reply in replies
            ]
        made = await self._insert(connection, accepted) if accepted else {}
        found = positions | made
        return [
            reply
            if isinstance(reply, Rejected)
            else Recorded(reply, found[reply], reply in positions)
            for reply in replies
        ]

    async def _insert(
        self, connection: psycopg.AsyncConnection[Any], transfers: Sequence[Transfer]
    ) -> dict[str, int]:
        facts = [facts_of(transfer) for transfer in transfers]
        lines = [
            (transfer.key, number, self._accounts[line.account][0], line.currency, line.minor)
            for transfer in transfers
            for number, line in enumerate(transfer.lines, 1)
        ]
        columns = list(zip(*lines, strict=True))
        parameters = {
            "keys": [transfer.key for transfer in transfers],
            "kinds": [transfer.kind.value for transfer in transfers],
            "days": [transfer.booked_on for transfer in transfers],
            "settles": [transfer.settles for transfer in transfers],
            "reverses": [transfer.reverses for transfer in transfers],
            "counts": [len(transfer.lines) for transfer in transfers],
            "facts": facts,
            "digests": [digest_of(each) for each in facts],
            "now": self._clock.now(),
            "line_keys": list(columns[0]),
            "line_numbers": list(columns[1]),
            "line_accounts": list(columns[2]),
            "line_currencies": list(columns[3]),
            "line_minors": list(columns[4]),
        }
        rows = await connection.execute(QUERIES["record"], parameters)
        return dict(await rows.fetchall())

    async def _learn(self, connection: psycopg.AsyncConnection[Any], codes: Iterable[str]) -> None:
        unknown = [code for code in codes if code not in self._accounts]
        if unknown:
            rows = await connection.execute(QUERIES["accounts"], {"codes": unknown})
            for number, code, currency, book_number, normal, guarded in await rows.fetchall():
                account = Account(code, currency, book_number, Side(normal), guarded)
                self._accounts[code] = (number, account)

    # ------------------------------------------------------------ reading

    async def transfer(self, key: str) -> Transfer | None:
        """Return a transfer by its key."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES["known"], {"keys": [key]})
            row = await rows.fetchone()
        return None if row is None else transfer_from(row[1])

    async def balance(self, code: str) -> Balance:
        """Return what an account has now; nothing for one that doesn't exist."""
        async with self._pool.connection() as connection:
            await self._learn(connection, [code])
            ids = [self._accounts[code][0]] if code in self._accounts else []
            rows = await connection.execute(QUERIES["balances"], {"ids": ids})
            row = await rows.fetchone()
        return Balance() if row is None else Balance(*row[1:])

    async def balance_at(self, code: str, moment: datetime) -> Balance:
        """Return what an account had by everything recorded up to `moment`."""
        return await self._one_balance("balance_at", {"code": code, "moment": moment})

    async def balance_at_seal(self, code: str, seal: int) -> Balance:
        """Return what an account had right after a seal."""
        return await self._one_balance("balance_at_seal", {"code": code, "seal": seal})

    async def _one_balance(self, query: str, parameters: dict[str, Any]) -> Balance:
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES[query], parameters)
            row = await rows.fetchone()
        return Balance() if row is None else Balance(*row)

    # ------------------------------------------------------------ sealing and closing

    async def seal(self) -> Seal:
        """Seal what is recorded and not sealed yet, in portions; return the chain's end."""
        sealed = 0
        while True:
            async with self._pool.connection() as connection, connection.transaction():
                end = await self._seal_portion(connection)
            sealed += end.transfers
            if end.transfers == 0:
                return Seal(end.number, end.head, sealed)

    async def _seal_portion(self, connection: psycopg.AsyncConnection[Any]) -> Seal:
        await connection.execute(QUERIES["lock_sealer"])
        row = await (await connection.execute(QUERIES["last_seal"])).fetchone()
        number, head = (0, GENESIS) if row is None else row
        taken = await connection.execute(QUERIES["take_unsealed"], {"most": SEAL_MOST})
        positions = sorted(each for (some,) in await taken.fetchall() for each in some)
        if not positions:
            return Seal(number, head, 0)
        rows = await connection.execute(QUERIES["to_seal"], {"positions": positions})
        leaves = [leaf_of(*row) for row in await rows.fetchall()]
        rows = await connection.execute(QUERIES["new_accounts"], {"positions": positions})
        accounts = await rows.fetchall()
        leaves += [account_leaf_of(of, definition) for of, *definition in accounts]
        head = head_of(head, number + 1, joined(leaves))
        parameters = {
            "number": number + 1,
            "positions": positions,
            "accounts": [of for of, *_ in accounts],
            "leaves": joined(leaves),
            "head": head,
            "now": self._clock.now(),
        }
        await connection.execute(QUERIES["add_balances"], parameters)
        await connection.execute(QUERIES["add_seal"], parameters)
        return Seal(number + 1, head, len(positions))

    async def close(self, before: date, by: str) -> Seal:
        """Close every day before `before` (a month's first) for good, sealed; return the end.

        Refused when it is no first of a month, closed already, or a day that has not come (in
        UTC): what is still to be booked on the days before it could not be booked any more.
        """
        if before > self._clock.now().date():
            message = f"It is not {before} yet: close a month when it is over."
            raise Refused("month_not_over", message)
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute(QUERIES["lock_periods"])
            end = await self._seal_portion(connection)
            while end.transfers:
                end = await self._seal_portion(connection)
            parameters = {"before": before, "head": end.head, "by": by, "now": self._clock.now()}
            try:
                await connection.execute(QUERIES["close"], parameters)
            except psycopg.errors.CheckViolation as error:
                message = "A closing is for the first of a month, later than the last closing."
                raise Refused("not_closable", message) from error
        return end


async def _write_beside(
    connection: psycopg.AsyncConnection[Any], replies: Sequence[Reply], also: Beside | None
) -> None:
    if also is not None and all(isinstance(reply, Recorded) for reply in replies):
        await also(connection)
