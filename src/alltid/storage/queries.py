"""Named SQL queries in `.sql` files beside the domain that asks them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final, LiteralString, cast

_HEAD: Final = re.compile(r"^-- name: (\w+)[^\n]*\n", re.MULTILINE)


def load_queries(package: str, file: str = "queries.sql") -> Mapping[str, LiteralString]:
    """Read a file of queries, each under a line `-- name: the_name`.

    They count as literal strings: they come with the program and nothing is ever pasted in.
    """
    text = (files(package) / file).read_text(encoding="utf-8")
    parts = _HEAD.split(text)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return MappingProxyType(
        {name: cast("LiteralString", body.strip().rstrip(";")) for name, body in pairs}
    )
