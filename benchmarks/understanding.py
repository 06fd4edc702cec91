"""How fast and how well a wish for a human is heard, without any model.

    python benchmarks/understanding.py [--json]

Latency of `wish_for_human` and of the full look per message, recall and false alarms of the wish
and of the signals on our own sentences per language and on data made by others
(``ALLTID_OUTSIDE_DATA``), accuracy of the language.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from alltid.assistant.understanding import Family, understand, wish_for_human  # noqa: E402
from alltid.assistant.understanding.signals import signals_of  # noqa: E402
from tests.assistant.understanding.sentences import (  # noqa: E402
    languages,
    outside_data,
    sentences,
)

HOSTILE: dict[str, Callable[[int], str]] = {
    "people": lambda _: "person " * 571,
    "negations": lambda _: "not talk to a " * 285,
    "wishes": lambda _: "i want " * 571,
    "unknown words": lambda turn: " ".join(_word(turn * 400 + n) for n in range(400)),
    "glued words": lambda turn: " ".join(f"iwanttotalk{_word(turn * 200 + n)}" for n in range(200)),
    "ideographs": lambda turn: "".join(chr(0x4E00 + (turn + n * 7) % 20_000) for n in range(4_000)),
}
"""Text for each turn: no word returns, or remembered spellings would flatter the figures."""


def _word(number: int) -> str:
    return "".join("persontalk"[int(digit)] for digit in f"{number * 7_919 % 10**9:09d}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object, no table")
    report = measure()
    if parser.parse_args().json:
        print(json.dumps(report, indent=2))
        return
    for name, rows in report.items():
        print(f"\n{name}")
        for row, figures in rows.items():
            shown = figures if isinstance(figures, dict) else {"": figures}
            print(f"  {row:22}", *(f"{key} {value}" for key, value in shown.items()))


def measure() -> dict[str, Any]:
    return {
        "machine": {"python": platform.python_version(), "system": platform.platform()},
        "import_milliseconds": {"best of 5": import_milliseconds()},
        "latency_microseconds": latencies(),
        **{f"own {name}": own(name) for name in ("dev", "heldout")},
        "blind probes": probes(),
        **{f"signals {name}": own_signals(name) for name in ("dev", "heldout")},
        "signals outside": outside_signals(),
        "full look, microseconds": {"NLU++ and own": full_look()},
        "outside": outside(),
    }


def import_milliseconds() -> float:
    program = (
        "import time; began = time.perf_counter(); import alltid.assistant.understanding; "
        "print((time.perf_counter() - began) * 1e3)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    taken = [
        float(subprocess.check_output([sys.executable, "-c", program], env=environment))
        for _ in range(5)
    ]
    return round(min(taken), 1)


def latencies() -> dict[str, dict[str, Any]]:
    own_texts = [s.text for code in languages("heldout") for s in sentences("heldout", code)]
    question = "I would like to know when my next invoice is due and what I owe today."
    found = {
        "own sentences": percentiles(own_texts),
        "one question again": percentiles([f"{question} [00001234"] * 2_000),
        "with other numbers": percentiles([f"{question} [{n:08d}" for n in range(2_000)]),
    }
    if (data := outside_data()) is not None:
        texts = [row["text"] for row in rows(data / "banking77/train.csv")]
        found["BANKING77"] = percentiles(texts)
        found["50 to 70 characters"] = percentiles([t for t in texts if 50 <= len(t) <= 70])
    for name, text in HOSTILE.items():
        found[f"hostile: {name}"] = percentiles([text(n)[:4_000] for n in range(40)], warm=1)
    return found


def percentiles(
    texts: list[str], *, warm: int = 200, look: Callable[[str], object] = wish_for_human
) -> dict[str, float]:
    for text in texts[:warm]:
        look(text)
    taken = []
    for text in texts[warm:]:
        began = time.perf_counter()
        look(text)
        taken.append((time.perf_counter() - began) * 1e6)
    taken.sort()
    at = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
    return {name: round(taken[int(len(taken) * share)], 1) for name, share in at.items()}


def own(collection: str) -> dict[str, dict[str, Any]]:
    found = {}
    for code in languages(collection):
        lines = sentences(collection, code)
        understood = [(s, understand(s.text)) for s in lines]
        found[code] = {
            **rates((s.wish, u.wants_human) for s, u in understood),
            "language": f"{sum(u.language == code for _, u in understood)}/{len(lines)}",
        }
    return found


def probes() -> dict[str, dict[str, str]]:
    """Wishes heard and false alarms on the halves A (odd lines) and B (even) of each probe set."""
    found = {}
    for path in sorted((ROOT / "tests/assistant/understanding/probes").glob("*.tsv")):
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        heard = [(flag == "1", wish_for_human(text).wanted) for flag, text in lines]
        halves = {"A": rates(heard[::2]), "B": rates(heard[1::2])}
        found[path.stem] = {
            f"{half} {name}": value
            for half, figures in halves.items()
            for name, value in figures.items()
        }
    return found


def own_signals(collection: str) -> dict[str, dict[str, str]]:
    found = {}
    for path in sorted((ROOT / "tests/assistant/understanding/signals" / collection).glob("*.tsv")):
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        heard = [(kind, {each.kind.value for each in signals_of(text)}) for kind, text in lines]
        told = [kind in kinds for kind, kinds in heard if kind != "-"]
        alarms = [bool(kinds) for kind, kinds in heard if kind == "-"]
        found[path.stem] = {
            "recall": f"{sum(told)}/{len(told)}",
            "false alarms": f"{sum(alarms)}/{len(alarms)}",
        }
    return found


def outside_signals() -> dict[str, dict[str, str] | str]:
    data = outside_data()
    if data is None:
        return {"absent": "set ALLTID_OUTSIDE_DATA to the folder of the outside data"}
    clinc = json.loads((data / "clinc150/train_val.json").read_text(encoding="utf-8"))
    texts = {
        "CLINC150": [text for part in clinc.values() for text, _ in part],
        "BANKING77": [row["text"] for row in rows(data / "banking77/train.csv")],
    }
    found: dict[str, dict[str, str] | str] = {}
    for name, listed in texts.items():
        families = [{each.family.value for each in signals_of(text)} for text in listed]
        found[name] = {
            family.value: f"{sum(family in each for each in families) / len(listed):.2%}"
            for family in Family
        }
    return found


def full_look() -> dict[str, float]:
    texts = [s.text for code in languages("heldout") for s in sentences("heldout", code)]
    return percentiles(texts, look=lambda text: understand(text, today=date(2026, 11, 22)))


def rates(pairs: Iterable[tuple[bool, bool]]) -> dict[str, str]:
    listed = list(pairs)
    heard = [got for wish, got in listed if wish]
    alarms = [got for wish, got in listed if not wish]
    return {
        "recall": f"{sum(heard)}/{len(heard)}",
        "false alarms": f"{sum(alarms)}/{len(alarms)}",
    }


def outside() -> dict[str, dict[str, str] | str]:
    data = outside_data()
    if data is None:
        return {"absent": "set ALLTID_OUTSIDE_DATA to the folder of the outside data"}
    nlupp = rows(data / "nlupp_handoff/open.tsv", "\t")
    bitext = rows(data / "bitext/train.csv")
    clinc = json.loads((data / "clinc150/train_val.json").read_text(encoding="utf-8"))
    labelled = {
        "NLU++ (open)": [(r["wants_human"] == "1", r["text"]) for r in nlupp],
        "Bitext": [
            (r["intent"] == "contact_human_agent", r["utterance"])
            for r in bitext
            if r["intent"] != "contact_customer_service"
        ],
        "Bitext, to the service": [
            (True, r["utterance"]) for r in bitext if r["intent"] == "contact_customer_service"
        ],
        "BANKING77": [(False, r["text"]) for r in rows(data / "banking77/train.csv")],
        "CLINC150": [(False, text) for part in clinc.values() for text, _ in part],
    }
    return {
        name: rates((wish, wish_for_human(text).wanted) for wish, text in pairs)
        for name, pairs in labelled.items()
    }


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        if delimiter == "\t":
            return list(csv.DictReader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE))
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
