"""How many messages the desk stores and delivers, how fast, and how near that is to the limit.

    python benchmarks/desk.py                     # everything, about three minutes
    python benchmarks/desk.py --json out.json     # and write it down
    python benchmarks/desk.py --only throughput   # or latency, idle, opening, raw

The load generator runs in this process, on the same two cores as the server and PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import uvloop
from desk_process import RunningDesk, running_desk
from people import Customer, Socket, Times, agent_online, take
from raw_postgres import rows_a_second
from rich.console import Console
from rich.progress import track
from rich.table import Table

from alltid.storage.embedded_files import connection_url

CUSTOMERS = 300
AGENTS = 100
IDLE_SOCKETS = 5_000
LONG_CONVERSATION = 1_000
PARTS = ("throughput", "latency", "idle", "opening", "raw")


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Return median, p95, p99 and maximum in milliseconds."""
    ordered = sorted(seconds)
    at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000  # noqa: E731
    return {"p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "max_ms": ordered[-1] * 1000}


async def crowd(desk: RunningDesk) -> tuple[list[Customer], list[Socket]]:
    """Bring customers who are each with an agent; three to an agent."""
    agents = [await agent_online(desk, number) for number in range(AGENTS)]
    customers = [await Customer.come(desk) for _ in track(range(CUSTOMERS), "customers come")]
    for number, customer in enumerate(customers):
        await customer.ask_for_human()
        await take(agents[number % AGENTS], customer.conversation)
    return customers, agents


def cpu_seconds(process_id: int) -> float:
    used = psutil.Process(process_id).cpu_times()
    return used.user + used.system


async def closed_loop(
    desk: RunningDesk, customers: list[Customer], agents: list[Socket], seconds: float
) -> dict[str, Any]:
    """Let every customer write the next message when the last is acknowledged."""
    times, end = Times(), time.perf_counter() + seconds
    cpu_before = cpu_seconds(desk.process_id)

    def again(customer: Customer) -> None:
        if time.perf_counter() < end:
            customer.say()

    for agent in agents:
        agent.on_frame = times.delivery
    for customer in customers:
        customer.write_for(times, lambda customer=customer: again(customer))
        customer.say()
    await asyncio.sleep(seconds + 2.0)
    stored = len(times.acked)
    return {
        "messages": stored,
        "per_second": stored / seconds,
        "delivered_share": len(times.delivered) / max(1, len(times.sent)),
        "errors": times.errors,
        # Independent of what else the machine does, so comparable between runs.
        "server_cpu_us_each": (cpu_seconds(desk.process_id) - cpu_before) / max(1, stored) * 1e6,
        "delivered": quantiles(times.delivered),
    }


async def open_loop(
    customers: list[Customer], agents: list[Socket], rate: float, seconds: float
) -> dict[str, Any]:
    """Let customers write at a steady rate, whatever the answers."""
    times = Times()
    for agent in agents:
        agent.on_frame = times.delivery
    for customer in customers:
        customer.write_for(times)
    started, said = time.perf_counter(), 0
    while (passed := time.perf_counter() - started) < seconds:
        while said < passed * rate:
            customers[said % len(customers)].say()
            said += 1
        await asyncio.sleep(0.001)
    await asyncio.sleep(2.0)
    return {
        "rate": rate,
        "messages": said,
        "acknowledged_share": len(times.acked) / said,
        "delivered_share": len(times.delivered) / said,
        "errors": times.errors,
        "acknowledged": quantiles(times.acked),
        "delivered": quantiles(times.delivered),
    }


async def idle_sockets(desk: RunningDesk) -> dict[str, Any]:
    """Open thousands of customers' sockets that only listen; weigh the server's process."""
    process = psutil.Process(desk.process_id)
    await asyncio.sleep(5)  # what is loaded beside the start is part of the weight
    before = process.memory_info().rss
    sockets = []
    for _ in track(range(IDLE_SOCKETS // 50), "idle sockets"):
        sockets += await asyncio.gather(*(Customer.come(desk) for _ in range(50)))
    await asyncio.sleep(2)
    after = process.memory_info().rss
    for customer in sockets:
        customer.socket.close()
    return {
        "sockets": len(sockets),
        "before_mb": before / 1e6,
        "with_sockets_mb": after / 1e6,
        "kb_each": (after - before) / len(sockets) / 1e3,
    }


async def opening(desk: RunningDesk) -> dict[str, Any]:
    """Open a conversation of a thousand messages: its first page, and the whole of it."""
    customer = await Customer.come(desk)
    for _ in range(LONG_CONVERSATION):
        acked = asyncio.Event()
        customer.write_for(Times(), acked.set)
        customer.say()
        await acked.wait()
    first_page, whole = [], []
    for _ in range(15):
        for after, into in ((0, first_page), (1, whole)):
            socket = await Socket.open(desk.socket("customer"))
            started = time.perf_counter()
            socket.send_json(
                type="hello",
                token=customer.token,
                conversation=customer.conversation,
                after=after,
                language="en",
            )
            version = (await socket.next_of("welcome"))["version"]
            while (await socket.next_of("items"))["version"] < version:
                pass
            into.append(time.perf_counter() - started)
            socket.close()
    return {"first_page": quantiles(first_page), "whole": quantiles(whole)}


def raw(folder: Path) -> dict[str, float]:
    """Measure the limit in the same server's PostgreSQL."""
    url = connection_url(
        Path(os.environ.get("BENCH_SOCKET") or folder / "data" / "postgres"), "alltid"
    )
    return {
        f"groups_of_{group}_per_second": statistics.median(
            rows_a_second(url, group, messages) for _ in range(3)
        )
        for group, messages in ((1, 2_000), (16, 8_000), (64, 20_000))
    }


async def measure(only: set[str], seconds: float, port: int, root: Path) -> dict[str, Any]:
    """Run the parts that were asked for; sockets that only listen get a server of their own."""
    results: dict[str, Any] = {"machine": machine()}
    if only - {"idle"}:
        folder = _new_folder(root, "load")
        async with running_desk(folder, port, AGENTS) as desk:
            await _loads(desk, only, seconds, results)
            if "opening" in only:
                results["opening"] = await opening(desk)
            if "raw" in only:
                results["raw"] = await asyncio.to_thread(raw, folder)
    if "idle" in only:
        async with running_desk(_new_folder(root, "idle"), port, 1) as desk:
            results["idle"] = await idle_sockets(desk)
    if "throughput" in results and "raw" in results:
        limit = results["raw"]["groups_of_64_per_second"]
        results["ratio_to_raw"] = results["throughput"]["per_second"] / limit
    return results


async def _loads(
    desk: RunningDesk, only: set[str], seconds: float, results: dict[str, Any]
) -> None:
    if not only & {"throughput", "latency"}:
        return
    customers, agents = await crowd(desk)
    if "throughput" in only:
        await closed_loop(desk, customers, agents, 2.0)
        runs = [await closed_loop(desk, customers, agents, seconds) for _ in range(3)]
        runs.sort(key=lambda run: run["per_second"])
        rates = [run["per_second"] for run in runs]
        results["throughput"] = runs[1] | {"runs_per_second": rates}
    if "latency" in only:
        results["latency"] = [
            await open_loop(customers, agents, rate, seconds) for rate in (1500, 3000)
        ]
    for each in (*(customer.socket for customer in customers), *agents):
        each.close()


def _new_folder(root: Path, name: str) -> Path:
    folder = root / name
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def show(results: dict[str, Any]) -> None:
    table = Table("measure", "figure", title="The desk, on one machine")

    def rows(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                rows(f"{name} {key}".strip(), each)
        elif isinstance(value, list):
            for each in value:
                rows(name, each)
        else:
            table.add_row(name, f"{value:,.2f}" if isinstance(value, float) else str(value))

    rows("", results)
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of each load")
    parser.add_argument("--port", type=int, default=8770)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="alltid-bench-") as name:
        root = Path(name)
        root.chmod(0o755)
        parts = set(options.only or PARTS)
        results = uvloop.run(measure(parts, options.seconds, options.port, root))
    show(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
