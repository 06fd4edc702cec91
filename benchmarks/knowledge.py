"""How well and how fast the help articles are found: `python benchmarks/knowledge.py`.

Asks the example lender's articles the questions of tests/assistant/knowledge_*.tsv,
prints a table for each language and writes benchmarks/results/knowledge.json. Constants were
chosen on the odd lines; the even lines ("held out") were only ever measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from alltid.assistant.articles import import_articles, read_articles
from alltid.assistant.knowledge import Knowledge
from alltid.assistant.search.embedding import read_unread
from alltid.assistant.search.stored_vectors import read_vectors
from alltid.storage.database import open_pool
from alltid.storage.embedded_postgres import embedded_postgres
from alltid.storage.migrations import migrate

HERE = Path(__file__).parent
ASKED = HERE.parent / "tests" / "assistant"
QUESTIONS = ("knowledge_questions.tsv", "knowledge_paraphrases.tsv")


@dataclass
class Figures:
    """Counts for one language and part of the questions."""

    language: str
    part: str
    questions: int = 0
    first: int = 0
    in_three: int = 0
    silent: int = 0
    off_topic: int = 0
    false_answers: int = 0


def read_questions() -> list[tuple[str, str, str, str]]:
    seen: dict[tuple[str, bool], int] = {}
    rows = []
    lines = [line for name in QUESTIONS for line in (ASKED / name).read_text().splitlines()]
    for line in lines:
        language, slug, question = line.split("\t")
        place = seen[language, slug == "-"] = seen.get((language, slug == "-"), 0) + 1
        rows.append((language, slug, question, "chosen on" if place % 2 else "held out"))
    return rows


async def measure(url: str, *, verbose: bool, outside: Path | None) -> dict[str, Any]:
    await migrate(url)
    async with await open_pool(url) as pool:
        folder = files("alltid.examples.lender") / "articles"
        started = time.perf_counter()
        vectors = read_vectors(files("alltid.examples.lender") / "vectors.bin")
        report = await import_articles(pool, read_articles(folder, "/help"), lambda: vectors)
        import_seconds = time.perf_counter() - started
        await read_unread(pool)
        knowledge = Knowledge(pool)
        for language in ("en", "sv", "de", "it", "es"):
            await knowledge.search("invoice", language)
        figures: dict[tuple[str, str], Figures] = {}
        milliseconds: list[float] = []
        for language, slug, question, part in read_questions():
            row = figures.setdefault((language, part), Figures(language, part))
            started = time.perf_counter()
            found = await knowledge.search(question, language)
            milliseconds.append((time.perf_counter() - started) * 1000)
            slugs = [article.slug for article in found]
            if slug == "-":
                row.off_topic += 1
                row.false_answers += bool(slugs)
            else:
                row.questions += 1
                row.first += slugs[:1] == [slug]
                row.in_three += slug in slugs
                row.silent += not slugs
            wrong = bool(slugs) if slug == "-" else slugs[:1] != [slug]
            if verbose and wrong:
                scores = [f"{a.slug} {a.score:.2f}" for a in found]
                print(f"{part:9} {language} {slug:24} {question!r}: {scores}")
        result: dict[str, Any] = {
            "articles": report.added,
            "import_seconds": round(import_seconds, 3),
            "search_p50_ms": round(statistics.median(milliseconds), 2),
            "search_p99_ms": round(statistics.quantiles(milliseconds, n=100)[98], 2),
            "figures": [asdict(row) for row in figures.values()],
        }
        if outside is not None:
            result["outside"] = await ask_outside(knowledge, outside)
        return result


async def ask_outside(knowledge: Knowledge, outside: Path) -> dict[str, int]:
    """Ask what CLINC150 marks as out of scope: questions about anything."""
    data = json.loads((outside / "clinc150" / "train_val.json").read_text())
    asked = [text for part, rows in data.items() if part.startswith("oos") for text, _ in rows]
    answered = 0
    for text in asked:
        answered += bool(await knowledge.search(text, "en"))
    return {"asked": len(asked), "answered": answered}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="print each miss")
    options = parser.parse_args()
    named = os.environ.get("ALLTID_OUTSIDE_DATA")
    outside = Path(named) if named else None
    with (
        tempfile.TemporaryDirectory(prefix="alltid-") as folder,
        embedded_postgres(Path(folder) / "data") as url,
    ):
        result = asyncio.run(measure(url, verbose=options.verbose, outside=outside))
    print(f"{'':4}{'part':11}{'hit@1':>12}{'hit@3':>12}{'silent':>12}{'false answers':>16}")
    rows: list[dict[str, Any]] = result["figures"]
    for r in sorted(rows, key=lambda r: (r["part"], r["language"])):
        n = r["questions"]
        print(
            f"{r['language']:4}{r['part']:11}{r['first']:>9}/{n}{r['in_three']:>9}/{n}"
            f"{r['silent']:>9}/{n}{r['false_answers']:>13}/{r['off_topic']}"
        )
    for part in ("chosen on", "held out"):
        some = [r for r in rows if r["part"] == part]
        total = {
            key: sum(r[key] for r in some)
            for key in ("questions", "first", "in_three", "off_topic", "false_answers")
        }
        print(part, total)
    print({key: value for key, value in result.items() if key != "figures"})
    target = HERE / "results" / "knowledge.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
