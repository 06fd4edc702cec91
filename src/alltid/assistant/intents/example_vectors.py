"""An encoder's vectors for a set of examples, computed once and kept in a folder.

The file's name is a hash of the encoder, its weights' version and the texts, so another set is
another file; its content is hashed too. What is missing or broken is computed again.
"""

import hashlib
import io
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.encoders import Encoder, weights_hash

Array = NDArray[np.float32]
_FORMAT: Final = "1"
_log = logging.getLogger(__name__)


def vectors_of(encoder: Encoder, texts: Sequence[str], cache_dir: Path | None) -> Array:
    """Return the encoder's first view of each text, a row each; from `cache_dir` when it can."""
    name = _name(encoder, texts)
    shape = (len(texts), encoder.widths[0])
    path = cache_dir / f"{name}.npz" if cache_dir is not None else None
    kept = _read(path, shape) if path is not None else None
    if kept is not None:
        return kept
    found = np.stack([encoder.views(text)[0] for text in texts]) if texts else np.zeros(shape)
    vectors = np.asarray(found, dtype=np.float32)
    if path is not None:
        _write(path, vectors)
    return vectors


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
