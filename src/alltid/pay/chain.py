"""The chain of seals over the journal, and its head that can be published. Pure.

A seal takes transfers in the order of their positions. Each has a leaf, over its position, the
moment it was recorded and the digest of its facts; so has each account that a seal is the first
to touch. The head is the hash of the head before, the seal's number and its leaves. Whoever
knows a head can tell whether anything sealed up to it was changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Final

LEAF_BYTES: Final = 32
GENESIS: Final = hashlib.sha256(b"alltid-ledger-1").digest()
"""The head of a journal without seals."""


def leaf_of(position: int, recorded_microseconds: int, digest: bytes) -> bytes:
    """Return the leaf of a transfer; the moment in microseconds since 1970 (UTC)."""
    return hashlib.sha256(b"%d|%d|%b" % (position, recorded_microseconds, digest)).digest()


def account_leaf_of(number: int, definition: Sequence[object]) -> bytes:
    """Return the leaf of an account: its number and all that was said when it was opened."""
    text = json.dumps([number, *definition], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def head_of(previous: bytes, number: int, leaves: bytes) -> bytes:
    """Return the head after a seal; `leaves` stand one after the other."""
    return hashlib.sha256(b"%b|%d|%b" % (previous, number, leaves)).digest()


def joined(leaves: Iterable[bytes]) -> bytes:
    """Return leaves as one string of bytes."""
    return b"".join(leaves)
