"""How quickly the assistant answers without a model, how much it carries, what it needs.

    python benchmarks/assistant.py                     # a quarter of a minute for each load
    python benchmarks/assistant.py --seconds 30 --processes 2 --json out.json
    python benchmarks/assistant.py --only latency

The customers of the example lender's suite talk with its real assistant: each message is stored
in PostgreSQL, claimed by the worker, understood with the encoders, and answered by playbooks,
articles and the handoff policy; each time runs from writing to the answer stored. The database
with `fsync` on, all customers and the assistant share the machine's cores. The lender's own
system is in memory: its time is the company's, not ours. The processor's time for an answer, of
the assistant's processes (with their customers) and of PostgreSQL's, is the figure that other
work on the machine changes least.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from alltid.assistant.evaluation.reading import read_suite
from alltid.assistant.evaluation.runner import hold_conversation
from alltid.cli.evaluate import LENDER_SUITE
from alltid.examples.lender.evaluation.lender_target import lender_target
from alltid.storage.embedded_postgres import EmbeddedPostgres
from alltid.storage.migrations import migrate

# The model case: 2.3 million conversations in a month, over a month's seconds.
MONTHLY = 2_300_000
AVERAGE_A_SECOND = MONTHLY / (30.44 * 86_400)
AIM_A_SECOND = 40.0
AT_ONCE = 32
STARTS_TRIES = 1200
# Between one customer's conversations in the calm load, so that no queue stands.
CALM_SECONDS = 0.25


@dataclass
class Load:
    """What a load came to."""

    conversations: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    database_seconds: float = 0.0
    answers: list[float] = field(default_factory=list)

    def add(self, other: dict[str, Any]) -> None:
        self.conversations += other["conversations"]
        self.seconds = max(self.seconds, other["seconds"])
        self.cpu_seconds += other["cpu_seconds"]
        self.answers += other["answers"]


@dataclass(frozen=True)
class Database:
    """The server that all processes share, and the folder of its data."""

    server: EmbeddedPostgres
    folder: Path

    def cpu_seconds(self) -> float:
        """Return the processor's time of its processes, those that have ended included."""
        lock_file = self.folder / "postgres" / "postmaster.pid"
        first = psutil.Process(int(lock_file.read_text().split()[0]))
        own = first.cpu_times()
        total = float(own.user + own.system + own.children_user + own.children_system)
        for each in first.children(recursive=True):
            try:
                times = each.cpu_times()
            except psutil.NoSuchProcess:  # it is among those that have ended now
                continue
            total += times.user + times.system
        return total


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


async def hold(database_url: str, seconds: float, at_once: int, pause: float) -> Load:
    """Hold conversations of the suite one after another, `at_once` side by side."""
    suite = [each for each in read_suite(LENDER_SUITE).conversations if "resume" not in each.tags]
    load = Load()
    async with lender_target(database_url=database_url) as (_way, target):
        for each in suite[:: len(suite) // 12]:  # what only a first time costs
            await hold_conversation(target, each)
        following = itertools.cycle(suite[::3] + suite[1::3] + suite[2::3])
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        began, cpu = time.perf_counter(), time.process_time()

        async def customer() -> None:
            while time.perf_counter() - began < seconds:
                turns = await hold_conversation(target, next(following))
                load.conversations += 1
                load.answers += [turn.reply.seconds for turn in turns if turn.reply.text]
                await asyncio.sleep(pause)

        await asyncio.gather(*(customer() for _ in range(at_once)))
        load.seconds = time.perf_counter() - began
        load.cpu_seconds = time.process_time() - cpu
    return load


def measure(database: Database, processes: int, at_once: int, seconds: float, pause: float) -> Load:
    """Let processes, each with a database of its own on one server, carry the load together."""
    command = [sys.executable, __file__, "--part", str(seconds), str(at_once), str(pause)]
    running = []
    # As `alltid serve` sets it: threads of linear algebra would wait for each other.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    for number in range(processes):
        url = database.server.url_of(f"bench_{number}_{time.monotonic_ns()}")
        create(database.server, url)
        running.append(
            subprocess.Popen(
                [*command, url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
        )
    for each in running:
        if each.stdout is None or each.stdout.readline() != "ready\n":
            raise RuntimeError("a process did not start")
    load, spent = Load(), database.cpu_seconds()
    for each in running:
        if each.stdin is not None:
            each.stdin.write("go\n")
            each.stdin.flush()
    for each in running:
        out, _ = each.communicate(timeout=seconds + 120)
        load.add(json.loads(out.strip().splitlines()[-1]))  # what it logs stands before
    load.database_seconds = database.cpu_seconds() - spent
    return load


def create(server: EmbeddedPostgres, url: str) -> None:
    import psycopg

    name = url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    asyncio.run(migrate(url))


def server_needs(folder: Path) -> dict[str, float]:
    """Start `alltid up` as a user would; how long until it serves, and its memory when warm."""
    environment = {**os.environ, "ALLTID_LOG_LEVEL": "error"}
    # As after an installation: what a start loads has been compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    loads = "import alltid.cli.serving, alltid.desk"
    subprocess.run([sys.executable, "-c", loads], env=environment, check=True)
    program = [sys.executable, "-c", "from alltid.cli import main; main()", "up"]
    command = [*program, "--port", "8947", "--data-dir", str(folder / "data")]
    results: dict[str, float] = {}
    for start in ("first start", "start again"):
        began = time.perf_counter()
        server = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for("http://127.0.0.1:8947/readyz")
            results[f"{start}, seconds"] = time.perf_counter() - began
            if start == "start again":
                results["server's memory, MB"] = memory_when_warm(server.pid)
            else:
                # The examples are read once; a second start finds them read.
                wait_until_learned(folder)
        finally:
            server.terminate()
            server.wait(30)
    return results


def wait_for(address: str) -> None:
    import httpx

    for _ in range(STARTS_TRIES):
        try:
            if httpx.get(address, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{address} did not answer")


def wait_until_learned(folder: Path) -> None:
    for _ in range(STARTS_TRIES):
        if list((folder / "data" / "intents").glob("*.npz")):
            return
        time.sleep(0.2)


def memory_when_warm(process_id: int) -> float:
    """Return the memory of the server's process once it has not grown for a while."""
    most, still = 0.0, 0
    for _ in range(STARTS_TRIES):
        now = psutil.Process(process_id).memory_info().rss / 1e6
        still = still + 1 if now <= most + 0.5 else 0
        most = max(most, now)
        if still > 40:
            break
        time.sleep(0.1)
    return most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--only", choices=("latency", "throughput", "server"))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--part", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        seconds, at_once, pause, url = options.part
        load = uvloop.run(hold(url, float(seconds), int(at_once), float(pause)))
        print(json.dumps(vars(load)))
        return
    told = run(options)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n")


def run(options: argparse.Namespace) -> dict[str, Any]:
    load_before = os.getloadavg()[0]
    told: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "load_before": load_before,
    }
    table = Table("measure", "aim", "measured")
    with tempfile.TemporaryDirectory(prefix="alltid-") as folder:
        data = Path(folder) / "data"
        server = EmbeddedPostgres(data)
        server.start()
        database = Database(server, data)
        try:
            if options.only in {None, "latency"}:
                calm = measure(database, 1, 1, options.seconds, CALM_SECONDS)
                told["latency_ms"] = {
                    name: quantile(calm.answers, share) * 1000
                    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0))
                }
                row = " / ".join(f"{each:.0f}" for each in told["latency_ms"].values())
                table.add_row("an answer, ms: p50 / p95 / p99 / most", "60 / - / 250 / -", row)
            if options.only in {None, "throughput"}:
                full = measure(database, options.processes, AT_ONCE, options.seconds, 0.0)
                rate = full.conversations / full.seconds
                told["throughput"] = {
                    "conversations_a_second": rate,
                    "answers_a_second": len(full.answers) / full.seconds,
                    "times_the_model_case": rate / AVERAGE_A_SECOND,
                    "p50_ms": quantile(full.answers, 0.5) * 1000,
                    "cpu_ms_an_answer": full.cpu_seconds * 1000 / max(1, len(full.answers)),
                    "database_ms_an_answer": full.database_seconds
                    * 1000
                    / max(1, len(full.answers)),
                    "answers_a_conversation": len(full.answers) / max(1, full.conversations),
                }
                table.add_row("conversations a second", f"{AIM_A_SECOND:.0f}", f"{rate:.1f}")
                table.add_row("answers a second", "", f"{len(full.answers) / full.seconds:.1f}")
                each = f"{told['throughput']['cpu_ms_an_answer']:.1f}"
                table.add_row("CPU of the assistant's processes an answer, ms", "", each)
                each = f"{told['throughput']['database_ms_an_answer']:.1f}"
                table.add_row("CPU of PostgreSQL an answer, ms", "", each)
                times = rate / AVERAGE_A_SECOND
                table.add_row("times the model case's average load", "", f"{times:.0f}")
        finally:
            server.stop()
        if options.only in {None, "server"}:
            told["server"] = server_needs(Path(folder))
            for name, value in told["server"].items():
                aim = "500" if "MB" in name else "2"
                table.add_row(name, aim, f"{value:.1f}")
    Console().print(table)
    print(
        f"load of the machine before: {load_before:.1f}; the model case: "
        f"{AVERAGE_A_SECOND:.2f} conversations a second on average"
    )
    return told


if __name__ == "__main__":
    main()
