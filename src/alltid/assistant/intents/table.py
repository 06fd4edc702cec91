"""Tables of examples: a CSV file with a text and its intent in each row."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LABEL_COLUMNS: Final = ("label", "intent", "category")
"""The first of these that is there holds the intents."""
MAX_BYTES: Final = 256 * 1024 * 1024
MAX_LABELS: Final = 1_000
MIN_EXAMPLES: Final = 2
"""An intent with a single example can't be checked against another."""
_OUT_OF_SCOPE: Final = frozenset(("", "oos"))
_DELIMITERS: Final = (",", ";", "\t")


class TableRefused(Exception):  # noqa: N818 - it says what happened
    """The table can't be used; the text says where and what to do."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text and its intent; None where the text is none of the intents."""

    text: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """The examples of a file, and how many rows were left out because they have no text."""

    examples: tuple[Example, ...]
    skipped: int

    @property
    def labels(self) -> tuple[str, ...]:
        """All intents, in alphabetical order."""
        return tuple(sorted({each.label for each in self.examples if each.label is not None}))


def read_table(path: Path) -> Table:
    """Read a CSV file with the columns `text` and `label`, `intent` or `category`.

    An empty label or `oos` means: none of the intents. Comma, semicolon and tab separate.
    Raises `TableRefused`.
    """
    lines = _text_of(path)
    head = lines.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        text_at, label_at = _places(columns, path)
        examples, skipped = [], 0
        for row in _rows(reader, len(columns), path):
            text, label = row[text_at].strip(), row[label_at].strip()
            if text:
                examples.append(Example(text, None if label.lower() in _OUT_OF_SCOPE else label))
            else:
                skipped += 1
    except csv.Error as error:
        raise TableRefused(f"{path}, line {reader.line_num}: {error}.") from None
    if not examples:
        raise TableRefused(f"{path} has no row with a text: the column text is empty.")
    return Table(tuple(examples), skipped)


def check_for_training(table: Table) -> None:
    """Raise `TableRefused` when nothing can be learned from the table."""
    counts = Counter(each.label for each in table.examples if each.label is not None)
    if not counts:
        raise TableRefused("No row has an intent: the column with the labels is empty.")
    if len(counts) == 1:
        raise TableRefused(
            f"There is one intent only, {next(iter(counts))}: a choice needs at least two."
        )
    if len(counts) > MAX_LABELS:
        raise TableRefused(
            f"There are {len(counts)} intents, and {MAX_LABELS} are the most. Is another "
            "column the one with the labels?"
        )
    few = sorted(label for label, count in counts.items() if count < MIN_EXAMPLES)
    if few:
        named = ", ".join(few[:5]) + (" …" if len(few) > len(few[:5]) else "")
        raise TableRefused(
            f"Too few examples: {named} has only one. Give each intent at least "
            f"{MIN_EXAMPLES}, better 10 or more."
        )


def _text_of(path: Path) -> str:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise TableRefused(f"{path} can't be read: {error.strerror}.") from None
    if size > MAX_BYTES:
        raise TableRefused(f"{path} is larger than {MAX_BYTES // 1024**2} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise TableRefused(
            f"{path}, line {line}: not UTF-8. Save the file as CSV in UTF-8 and try again."
        ) from None
    if "\0" in text:
        raise TableRefused(f"{path} holds null characters: it is no CSV file in UTF-8.")
    if not text.strip():
        raise TableRefused(f"{path} is empty.")
    return text


def _places(columns: Sequence[str], path: Path) -> tuple[int, int]:
    """Return where the text and the label stand."""
    there = ", ".join(columns)
    if "text" not in columns:
        raise TableRefused(f"{path} has no column text; it has: {there}.")
    label = next((name for name in LABEL_COLUMNS if name in columns), None)
    if label is None:
        raise TableRefused(f"{path} has no column label, intent or category; it has: {there}.")
    for name in ("text", label):
        if columns.count(name) > 1:
            raise TableRefused(f"{path} has the column {name} {columns.count(name)} times.")
    return columns.index("text"), columns.index(label)


def _rows(rows: Iterator[list[str]], width: int, path: Path) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=2):
        if not any(row):
            continue
        if len(row) != width:
            raise TableRefused(
                f"{path}, row {number} has {len(row)} fields, and the head has {width}. Put "
                "texts with commas in double quotes."
            )
        yield row
