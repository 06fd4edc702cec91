"""A made-up table, small enough to learn in a blink."""

from __future__ import annotations

import csv
from pathlib import Path

_STARTS = ("please", "hello,", "today", "again", "so")
_INTENTS = {
    "refund": ("where is my refund", "when do i get my money back", "refund not received"),
    "address": ("i have moved house", "change my postal address", "new street for my letters"),
    "due_date": ("when is my invoice due", "pay the bill later", "extend the due date"),
    "close": ("close my account", "delete my profile for good", "i want to leave you"),
}
_NONE = ("what is the weather in rome", "tell me a joke", "who won the match", "sing a song")

ROWS = [
    (f"{start} {text}", label)
    for label, texts in _INTENTS.items()
    for text in texts
    for start in _STARTS
]
NONE_ROWS = [(f"{start} {text}", "oos") for text in _NONE for start in _STARTS]


def write_table(
    path: Path, rows: list[tuple[str, str]], columns: tuple[str, str] = ("text", "label")
) -> Path:
    """Write rows under a head of two columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path
