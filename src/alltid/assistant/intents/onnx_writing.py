"""Writes ONNX models: the few kinds of fields of that protocol buffer that are needed here.

A graph of a hundred steps is a hundred short calls, so the package that writes any model is not
among what is installed. The numbers are those of onnx.proto.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Final

FUSED: Final = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""
_IR: Final = 10
_OPERATORS: Final = {"": 20, FUSED: 1}
_LENGTH_GIVEN: Final = 2
_FOUR_BYTES: Final = 5
_FLOAT_ATTRIBUTE: Final = 1
_WHOLE_ATTRIBUTE: Final = 2
_ELSEWHERE: Final = 1
FLOAT: Final = 1
INT8: Final = 3


def field(number: int, content: bytes) -> bytes:
    """Return a field of bytes: a text, or a message within a message."""
    return bytes([tag(number)]) + _varint(len(content)) + content


def tag(number: int) -> int:
    """Return what stands before a field of bytes, for numbers below 16."""
    return number << 3 | _LENGTH_GIVEN


def node(
    operator: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    attributes: Mapping[str, int | float] | None = None,
    domain: str = "",
) -> bytes:
    """Return one step of a graph, as a field of the graph; a left out input is an empty name."""
    written = b"".join(field(1, each.encode()) for each in inputs)
    written += b"".join(field(2, each.encode()) for each in outputs)
    written += field(3, outputs[0].encode()) + field(4, operator.encode())
    written += b"".join(_attribute(*each) for each in (attributes or {}).items())
    return field(1, written + (field(7, domain.encode()) if domain else b""))


def given_later(name: str, shape: Sequence[int], kind: int) -> bytes:
    """Return a constant of a graph whose values the session is handed when it is made."""
    told = b"".join(_whole(1, each) for each in shape) + _whole(2, kind) + field(8, name.encode())
    place = field(1, b"location") + field(2, b"handed over")
    return field(5, told + field(13, place) + _whole(14, _ELSEWHERE))


def graph_input(name: str, shape: Sequence[int | str]) -> bytes:
    """Return an input of fractions; a name instead of a size stands for any size."""
    return field(11, _value(name, shape))


def graph_output(name: str, shape: Sequence[int | str]) -> bytes:
    """Return an output of fractions."""
    return field(12, _value(name, shape))


def model(graph: Sequence[bytes]) -> bytes:
    """Return the whole file of a graph given by its fields."""
    operators = b"".join(
        field(8, (field(1, domain.encode()) if domain else b"") + _whole(2, version))
        for domain, version in _OPERATORS.items()
    )
    return _whole(1, _IR) + field(7, b"".join(graph) + field(2, b"alltid")) + operators


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    sizes = b"".join(
        field(1, _whole(1, each) if isinstance(each, int) else field(2, each.encode()))
        for each in shape
    )
    return field(1, name.encode()) + field(2, field(1, _whole(1, FLOAT) + field(2, sizes)))


def _attribute(name: str, value: float) -> bytes:
    told = field(1, name.encode())
    if isinstance(value, int):
        return field(5, told + _whole(3, value) + _whole(20, _WHOLE_ATTRIBUTE))
    fraction = _varint(2 << 3 | _FOUR_BYTES) + struct.pack("<f", value)
    return field(5, told + fraction + _whole(20, _FLOAT_ATTRIBUTE))


def _whole(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits a byte
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
