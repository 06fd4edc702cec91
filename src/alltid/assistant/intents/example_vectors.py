"""An encoder's vectors for a set of examples, computed once and kept in a folder.

The file's name is a hash of the encoder, its weights' version and the texts, so another set is
another file; its content is hashed too. What is missing or broken is computed again.

Who ships examples may ship their vectors as well, so that nobody has to wait for an encoder the
first time: one file, each vector under the digest of encoder, weights and text, so that of a text
that has changed since nothing is found.
"""

import hashlib
import io
import logging
import os
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.encoders import Encoder, weights_hash

Array = NDArray[np.float32]
_FORMAT: Final = "1"
_DIGEST_BYTES: Final = 32
_STORED: Final = np.dtype("<f2")
_log = logging.getLogger(__name__)


def vectors_of(
    encoder: Encoder,
    texts: Sequence[str],
    cache_dir: Path | None,
    shipped: Traversable | Path | None = None,
) -> Array:
    """Return the encoder's first view of each text, a row each.

    They come from `cache_dir` or else from the file `shipped` where they can; the others are
    computed, 3 to 15 ms of one core each.
    """
    name = _name(encoder, texts)
    shape = (len(texts), encoder.widths[0])
    path = cache_dir / f"{name}.npz" if cache_dir is not None else None
    kept = _read(path, shape) if path is not None else None
    if kept is not None:
        return kept
    known = {} if shipped is None else read_shipped(encoder, shipped)
    vectors = np.zeros(shape, dtype=np.float32)
    for row, text in zip(vectors, texts, strict=True):
        found = known.get(_text_digest(encoder, text))
        row[:] = encoder.views(text)[0] if found is None else found
    if path is not None:
        _write(path, vectors)
    return vectors


def read_shipped(encoder: Encoder, file: Traversable | Path) -> Mapping[bytes, Array]:
    """Read a file of vectors; one that is missing or not what it was has none."""
    try:
        data = file.read_bytes()
    except OSError:
        return {}
    body, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    size = _DIGEST_BYTES + encoder.widths[0] * _STORED.itemsize
    if hashlib.sha256(body).digest() != digest or len(body) % size:
        _log.warning("%s is not what it was, and its vectors are computed", file.name)
        return {}
    rows = (body[at : at + size] for at in range(0, len(body), size))
    return {
        row[:_DIGEST_BYTES]: np.frombuffer(row, _STORED, offset=_DIGEST_BYTES).astype(np.float32)
        for row in rows
    }


def write_shipped(encoder: Encoder, texts: Sequence[str], file: Path) -> int:
    """Write the vectors of texts in the order of their digests; return how many there are.

    Those that the file has already are not computed again.
    """
    vectors = vectors_of(encoder, texts, None, file)
    rows = {
        _text_digest(encoder, text): vector for text, vector in zip(texts, vectors, strict=True)
    }
    body = b"".join(digest + row.astype(_STORED).tobytes() for digest, row in sorted(rows.items()))
    file.write_bytes(body + hashlib.sha256(body).digest())
    return len(rows)


def _text_digest(encoder: Encoder, text: str) -> bytes:
    told = "\0".join((_FORMAT, encoder.name, weights_hash(encoder.name), text))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()


def _name(encoder: Encoder, texts: Sequence[str]) -> str:
    told = "\0".join((_FORMAT, encoder.name, weights_hash(encoder.name), *texts))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path, shape: tuple[int, int]) -> Array | None:
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            vectors, digest = file["vectors"], file["sha256"]
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever lies there, it is only a cache
        _log.warning("%s can't be read (%s) and is made again", path.name, type(error).__name__)
        return None
    whole = vectors.dtype == np.float32 and vectors.shape == shape
    if not whole or _digest(vectors).tobytes() != digest.tobytes():
        _log.warning("%s is not what it was and is made again", path.name)
        return None
    return np.asarray(vectors, dtype=np.float32)


def _write(path: Path, vectors: Array) -> None:
    """Keep vectors for the next start; a folder that can't be written to costs only time."""
    beside = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(beside, vectors=vectors, sha256=_digest(vectors))
        beside.replace(path)
    except OSError as error:
        _log.warning("%s can't be written: %s", path.name, error.strerror)


def _digest(vectors: Array) -> NDArray[np.uint8]:
    return np.frombuffer(hashlib.sha256(vectors.tobytes()).digest(), dtype=np.uint8)
