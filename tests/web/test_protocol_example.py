"""The client that docs/protocol.md shows talks to a real desk."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.server import Server

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"


@pytest.mark.anyio
async def test_the_client_in_thirty_lines_gets_its_answer(
    memory_folder: Path, database_url: str
) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {"__name__": "protocol"}
    exec(compile(next(each for each in blocks if "async def ask" in each), "x", "exec"), names)
    with Server(memory_folder / uuid4().hex[:8], database_url=database_url) as desk:
        answer = await names["ask"](desk.http, "How long does a refund take?")
    assert "refund" in answer.lower()
