"""Agents' bank accounts at rest: encrypted, shown by their last digits only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from psycopg_pool import AsyncConnectionPool

from alltid.kernel.clock import Clock
from alltid.kernel.refusal import Refused
from alltid.pay.bank_account import BankAccount, Iban, iban_account, swedish_account
from alltid.pay.statement import Basis
from alltid.storage.queries import load_queries

QUERIES: Final = load_queries("alltid.pay", "payouts.sql")
HOLDER_LIMIT: Final = 70
_SHOWN_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class PaidHow:
    """How an agent is paid, as it may be shown; None where nothing was given yet."""

    account_shown: str | None
    holder: str | None
    basis: Basis
    changed_at: datetime | None = None


class Vault:
    """Turns accounts into bytes that only this desk's secret key can read."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take the key of now first, then former ones that may still have to be read."""
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def close(self, account: BankAccount) -> bytes:
        """Return the account, encrypted and signed."""
        if isinstance(account, Iban):
            return self._fernet.encrypt(f"iban {account.number}".encode())
        return self._fernet.encrypt(f"se {account.clearing} {account.number}".encode())

    def open(self, sealed: bytes) -> BankAccount:
        """Return the account, judged again; Refused when it can't be read or isn't valid."""
        try:
            kind, *parts = self._fernet.decrypt(sealed).decode().split(" ")
        except InvalidToken:
            message = "A bank account can't be read: it was stored under another secret key."
            raise Refused("unreadable_account", message) from None
        return iban_account(parts[0]) if kind == "iban" else swedish_account(parts[0], parts[1])


def shown(account: BankAccount) -> str:
    """Return enough of an account for its owner to know it again: `SE · 7466`."""
    if isinstance(account, Iban):
        return f"{account.number[:2]} ·· {account.number[-_SHOWN_DIGITS:]}"
    digits = account.number[-_SHOWN_DIGITS:] if len(account.number) > _SHOWN_DIGITS else "··"
    return f"{account.bank} ·· {digits}"


class BankAccounts:
    """How each agent is paid."""

    def __init__(self, pool: AsyncConnectionPool[Any], clock: Clock, vault: Vault) -> None:
        """Stand on an open pool."""
        self._pool = pool
        self._clock = clock
        self._vault = vault

    async def keep(self, agent: str, account: BankAccount, holder: str) -> PaidHow:
        """Store an account; Refused when nobody is named as its holder."""
        tidy = " ".join(holder.split())
        if not 1 <= len(tidy) <= HOLDER_LIMIT or not tidy.isprintable():
            raise Refused("bad_holder", "Name the account's holder, in at most 70 characters.")
        parameters = {
            "agent": agent,
            "account": self._vault.close(account),
            "shown": shown(account),
            "holder": tidy,
            "now": self._clock.now(),
        }
        await self._execute("set_account", parameters)
        return await self.of(agent)

    async def set_basis(self, agent: str, basis: Basis) -> PaidHow:
        """Say what an agent's amounts are from the next statement on."""
        parameters = {"agent": agent, "basis": basis.value, "now": self._clock.now()}
        await self._execute("set_basis", parameters)
        return await self.of(agent)

    async def of(self, agent: str) -> PaidHow:
        """Return how an agent is paid."""
        async with self._pool.connection() as connection:
            rows = await connection.execute(QUERIES["agent"], {"agent": agent})
            row = await rows.fetchone()
        if row is None:
            return PaidHow(None, None, Basis.INVOICE)
        return PaidHow(row[0], row[1], Basis(row[2]), row[3])

    async def _execute(self, query: str, parameters: dict[str, Any]) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(QUERIES[query], parameters)


def _fernet_key(key: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(key).digest())
