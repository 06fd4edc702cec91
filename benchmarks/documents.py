"""How well required documents are found in a bank's 698: `python benchmarks/documents.py`.

Reads tau3_banking under ALLTID_OUTSIDE_DATA. The sentences of each open task are asked one by one
and fused by reciprocal rank (60, the first 50), and the whole text is asked as one query; recall is
the mean over tasks. Variants are the same ranking with parts left out. With --choose, constants are
chosen on four fifths of the tasks and measured on the fifth, in turn. Uses DATABASE_URL when set.
Writes benchmarks/results/documents.json.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alltid.assistant.search import ranking
from alltid.assistant.search.embedding import read_unread
from alltid.assistant.search.files import find_files, read_file
from alltid.assistant.search.index import load
from alltid.assistant.search.languages import in_languages
from alltid.assistant.search.library import Library, _asked
from alltid.assistant.search.ranking import Asked, sentences_of
from alltid.storage.database import open_pool
from alltid.storage.embedded_postgres import embedded_postgres
from alltid.storage.migrations import migrate

HERE = Path(__file__).parent
COLLECTION = "benchmark"
VARIANTS: dict[str, dict[str, Any]] = {
    "BM25": {"_ABOUT_LEAST": 1.0, "_PLAIN": 0.0, "words": True, "meaning": False},
    "BM25, titles say what a word is worth": {"words": True, "meaning": False},
    "vectors (MiniLM)": {"words": False, "meaning": True, "_FEEDBACK": 0.0},
    "words and vectors": {"words": True, "meaning": True, "_FEEDBACK": 0.0},
    "words and vectors, with feedback": {"words": True, "meaning": True},
}


@contextmanager
def constants(values: dict[str, Any]) -> Iterator[None]:
    before = {name: getattr(ranking, name) for name in values if name.startswith("_")}
    for name in before:
        setattr(ranking, name, values[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(ranking, name, value)


def fused(lists: Sequence[Sequence[int]]) -> list[int]:
    points: dict[int, float] = defaultdict(float)
    for found in lists:
        for place, document in enumerate(found[:50]):
            points[document] += 1 / (61 + place)
    return sorted(points, key=lambda document: (-points[document], document))


def seen(asked: Asked, variant: dict[str, Any]) -> Asked:
    words = asked.words if variant.get("words", True) else {}
    return Asked(words, asked.vector if variant.get("meaning", True) else None, asked.said)


def recall(found: Sequence[int], required: set[int], at: int) -> float:
    return len(required & set(found[:at])) / len(required)


def measure(
    index: Any, tasks: list[tuple[list[Asked], set[int]]], variant: dict[str, Any]
) -> dict[str, list[float]]:
    rows: dict[str, list[float]] = defaultdict(list)
    for sentences, required in tasks:
        each = [seen(one, variant) for one in sentences]
        lists = [[hit[0] for hit in index.ranking.order([one], 50)] for one in each]
        together = fused(lists)
        whole = [hit[0] for hit in index.ranking.order(each, 50)]
        for name, found in (("sentences", together), ("whole", whole)):
            for at in (10, 50):
                rows[f"{name}@{at}"].append(recall(found, required, at))
    return rows


async def run(url: str, data: Path, *, choose: bool) -> dict[str, Any]:
    await migrate(url)
    result: dict[str, Any] = {"variants": {}}
    async with await open_pool(url) as pool:
        library = Library(pool)
        read = [
            row
            for file, root in find_files([data / "documents.jsonl"]).files
            for row in read_file(file, root)
        ]
        started = time.perf_counter()
        await library.add(COLLECTION, in_languages(read, "en"))
        result["add_seconds"] = round(time.perf_counter() - started, 2)
        started = time.perf_counter()
        result["passages_read"] = (await read_unread(pool, collection=COLLECTION))[0]
        result["read_seconds"] = round(time.perf_counter() - started, 1)
        tasks = [json.loads(line) for line in (data / "tasks_open.jsonl").open()]
        async with pool.connection() as connection:
            index = await load(connection, COLLECTION, "en", 0)
            places = {each.id: place for place, each in enumerate(index.documents)}
            asked = []
            for task in tasks:
                text = re.sub(r"[ \t]+", " ", task["user_scenario"]["instructions"])
                sentences = await _asked(connection, "en", sentences_of(text))
                asked.append((sentences, {places[each] for each in task["required_documents"]}))
            started = time.perf_counter()
            for sentences, _ in asked[:10]:
                for one in sentences:
                    index.ranking.order([one], 10)
            count = sum(len(sentences) for sentences, _ in asked[:10])
            result["rank_ms"] = round(1000 * (time.perf_counter() - started) / count, 2)
            for name, variant in VARIANTS.items():
                with constants(variant):
                    varied = await load(connection, COLLECTION, "en", 0)
                    rows = measure(varied, asked, variant)
                result["variants"][name] = {
                    key: round(100 * statistics.mean(values), 1) for key, values in rows.items()
                }
                print(name, result["variants"][name], flush=True)
            if choose:
                result["chosen_in_turn"] = await chosen(connection, asked)
                print("chosen in turn", result["chosen_in_turn"])
    return result


async def chosen(connection: Any, asked: list[Any]) -> dict[str, float]:
    grid = [
        {"_MEANING": meaning, "_FEEDBACK": feedback, "_ABOUT_LEAST": about}
        for meaning, feedback, about in itertools.product((20.0, 40.0), (0.15, 0.3), (0.1, 0.3))
    ]
    measured = []
    for values in grid:
        with constants(values):
            index = await load(connection, COLLECTION, "en", 0)
            measured.append(measure(index, asked, values))
    figures: dict[str, list[float]] = defaultdict(list)
    for fold in range(5):
        inside = [n for n in range(len(asked)) if n % 5 != fold]
        best = max(
            measured, key=lambda rows: sum(values[n] for values in rows.values() for n in inside)
        )
        for key, recalls in best.items():
            figures[key] += [recalls[n] for n in range(len(asked)) if n % 5 == fold]
    return {key: round(100 * statistics.mean(values), 1) for key, values in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--choose", action="store_true", help="cross-validate the constants")
    options = parser.parse_args()
    data = Path(os.environ["ALLTID_OUTSIDE_DATA"]) / "tau3_banking"
    if url := os.environ.get("DATABASE_URL"):
        result = asyncio.run(run(url, data, choose=options.choose))
    else:
        with (
            tempfile.TemporaryDirectory(prefix="alltid-") as folder,
            embedded_postgres(Path(folder) / "data") as address,
        ):
            result = asyncio.run(run(address, data, choose=options.choose))
    target = HERE / "results" / "documents.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=1))
    print({key: value for key, value in result.items() if key != "variants"})


if __name__ == "__main__":
    main()
