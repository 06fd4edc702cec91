"""Passwords: argon2id, off the event loop, and never more than a few at a time.

Each computation takes 64 MiB and some 50 ms of a core on purpose. Without a bound, a
flood of sign-ins would eat the memory and the cores that customers need.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from alltid.kernel.refusal import Refused

_T = TypeVar("_T")

PASSWORD_CHARACTERS_MIN: Final = 12
PASSWORD_CHARACTERS_MAX: Final = 256
# Set once and never matched: it stands in where there is no hash to compare with.
_NOBODYS_PASSWORD: Final = "this is the password of nobody at all"  # noqa: S105


class PasswordsBusyError(Exception):
    """More sign-ins wait for their turn than the desk takes; `retry_after_seconds` says when."""

    retry_after_seconds: Final = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password was right, and its hash with today's parameters if that is due."""

    right: bool
    new_hash: str | None = None


@dataclass(slots=True)
class PasswordKeeper:
    """Hashes and verifies passwords; one per process.

    At most `at_once` computations run and `waiting_max` wait; beyond that
    PasswordsBusyError is raised at once.
    """

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    at_once: int = 2
    waiting_max: int = 64
    _under_way: int = field(init=False, default=0)
    _limiter: CapacityLimiter | None = field(init=False, default=None)
    _nobodys_hash: str | None = field(init=False, default=None)

    async def hash(self, password: str) -> str:
        """Return the hash to keep. Refused with `password_too_short` or `password_too_long`."""
        check_strength(password)
        return await self._in_thread(_hash, self.hasher, _normal(password))

    async def verify(self, password_hash: str | None, password: str) -> Verdict:
        """Compare, in the same time whether or not there is a hash to compare with."""
        if len(password) > PASSWORD_CHARACTERS_MAX:
            return Verdict(right=False)
        against = password_hash or await self._hash_of_nobody()
        verdict = await self._in_thread(_verify, self.hasher, against, _normal(password))
        return verdict if password_hash is not None else Verdict(right=False)

    async def _hash_of_nobody(self) -> str:
        if self._nobodys_hash is None:
            self._nobodys_hash = await self._in_thread(
                _hash, self.hasher, _normal(_NOBODYS_PASSWORD)
            )
        return self._nobodys_hash

    async def _in_thread(self, work: Callable[..., _T], *arguments: object) -> _T:
        if self._under_way >= self.at_once + self.waiting_max:
            raise PasswordsBusyError
        if self._limiter is None:  # made here because it belongs to the running event loop
            self._limiter = CapacityLimiter(self.at_once)
        self._under_way += 1
        try:
            return await to_thread.run_sync(work, *arguments, limiter=self._limiter)
        finally:
            self._under_way -= 1


def check_strength(password: str) -> None:
    """Refuse what is too short to resist guessing or too long to be a password.

    Length only: rules about kinds of characters make passwords worse (NIST SP 800-63B, 3.1.1).
    """
    if len(password) < PASSWORD_CHARACTERS_MIN:
        message = f"A password needs at least {PASSWORD_CHARACTERS_MIN} characters."
        raise Refused("password_too_short", message)
    if len(password) > PASSWORD_CHARACTERS_MAX:
        message = f"A password has at most {PASSWORD_CHARACTERS_MAX} characters."
        raise Refused("password_too_long", message)


def _normal(password: str) -> bytes:
    # The same word typed on two keyboards can differ in bytes (é as one or two characters).
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _hash(hasher: PasswordHasher, password: bytes) -> str:
    return hasher.hash(password)


def _verify(hasher: PasswordHasher, password_hash: str, password: bytes) -> Verdict:
    try:
        hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return Verdict(right=False)
    if hasher.check_needs_rehash(password_hash):
        return Verdict(right=True, new_hash=hasher.hash(password))
    return Verdict(right=True)
