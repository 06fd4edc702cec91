"""How data stands in a prompt: as JSON inside a fence that nothing in it can close. Pure.

What customers, articles and tools wrote is quoted and never an instruction. Every `<` in it is
escaped, so no text can hold the fence's end; JSON's quotes hold line breaks and quotes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

FENCE: Final = "quoted_data"
DATA_CHARACTERS_MAX: Final = 48_000


def quoted(data: Mapping[str, Any]) -> str:
    """Return data in its fence, cut to DATA_CHARACTERS_MAX characters."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<{FENCE}>\n{safe[:DATA_CHARACTERS_MAX]}\n</{FENCE}>"


def cut(text: str, most: int) -> str:
    """Return a text of `most` characters at most."""
    return text if len(text) <= most else text[: most - 1] + "…"
