"""Changes the bundled MiniLM as it is loaded: inner values go out, and its table is read by rows.

The file keeps the vectors of words as whole numbers with a scale for each row. Left as it is, all
30,522 rows are turned into fractions when it is loaded, and 35 MB more are held for good. Rows that
are taken first and turned then give the same numbers, bit for bit.

An ONNX model is a protocol buffer, and two of them one behind the other are read as one: what is
added is written behind the file. What is left out gets the number of a field that nobody reads.
"""

from collections.abc import Sequence
from typing import Final

from alltid.assistant.intents.onnx_writing import field, tag

_GRAPH: Final = 7
_NODE: Final = 1
_UNREAD: Final = 3
"""A field's number that ONNX keeps free in its graphs."""
_OUTPUT: Final = 12
_TABLE: Final = "inner.embeddings.word_embeddings.weight"
_TO_FRACTION: Final = b"\n\x02to\x18\x01\xa0\x01\x02"
_BY_ROW: Final = b"\n\x04axis\x18\x00\xa0\x01\x02"


def as_used(model: bytes, outputs: Sequence[str]) -> bytes:
    """Return the model with more outputs, and with rows taken before they are reckoned with.

    A file whose table is built in another way keeps it as it is.
    """
    added = b"".join(field(_OUTPUT, field(1, name.encode())) for name in outputs)
    places = [model.find(field(_NODE, node)) for node in _whole_table()]
    if min(places) < 0:
        return model + field(_GRAPH, added)
    changed = bytearray(model)
    for place in places:
        changed[place] = tag(_UNREAD)
    added += b"".join(field(_NODE, node) for node in _rows_first())
    return bytes(changed) + field(_GRAPH, added)


def _whole_table() -> tuple[bytes, ...]:
    return (
        _node("Cast", (f"{_TABLE}_q",), f"{_TABLE}_f", f"{_TABLE}_cast", _TO_FRACTION),
        _node("Mul", (f"{_TABLE}_f", f"{_TABLE}_scale"), _TABLE, f"{_TABLE}_mul"),
        _node("Gather", (_TABLE, "input_ids"), "embedding", "node_embedding", _BY_ROW),
    )


def _rows_first() -> tuple[bytes, ...]:
    return (
        _node("Gather", (f"{_TABLE}_q", "input_ids"), "rows_q", "rows_q", _BY_ROW),
        _node("Gather", (f"{_TABLE}_scale", "input_ids"), "rows_scale", "rows_scale", _BY_ROW),
        _node("Cast", ("rows_q",), "rows_f", "rows_f", _TO_FRACTION),
        _node("Mul", ("rows_f", "rows_scale"), "embedding", "rows"),
    )


def _node(
    operator: str, inputs: Sequence[str], output: str, name: str, attribute: bytes = b""
) -> bytes:
    told = [(1, each) for each in inputs] + [(2, output), (3, name), (4, operator)]
    written = b"".join(field(number, text.encode()) for number, text in told)
    return written + (field(5, attribute) if attribute else b"")
