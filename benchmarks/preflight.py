"""How long the checks of the source take beside their slowest chain, with latency put into each way (decisions.md 31).

A relay in front of a PostgreSQL of the rehearsal delays what it forwards, half of the round trip in each direction.
The chain is worked out from the same run: each check's own seconds plus those of the slowest that it needs. Run it with
`.venv/bin/python -m benchmarks.preflight [--rounds N] [--json]`.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from autocorp_wizard.adapters.source_sessions import SourceLogin
from autocorp_wizard.checks.engine import run_checks
from autocorp_wizard.checks.source.registry import source_checks
from autocorp_wizard.core.preflight.record import Result, Status
from autocorp_wizard.core.preflight.source.facts import Wanted
from autocorp_wizard.rehearsal.source import SourceDatabase
from autocorp_wizard.rehearsal.source_address import SourceAddress
from autocorp_wizard.rehearsal.source_schema import TABLES

LATENCIES_MS = (0, 20, 50, 100)
PROMISE_SECONDS = 1.0


@dataclass(frozen=True)
class Round:
    """One run. Seconds; `added` is what the wall time has beyond the slowest chain."""

    latency_ms: int
    checks: int
    open_ones: int
    wall: float
    chain: float

    @property
    def added(self) -> float:
        return self.wall - self.chain


class Relay:
    """Forwards one port to another and delays each piece; runs in a thread of its own."""

    def __init__(self, host: str, port: int, one_way: float) -> None:
        self._to, self._one_way = (host, port), one_way
        self._loop = asyncio.new_event_loop()
        self.port = 0

    @contextmanager
    def running(self) -> Iterator["Relay"]:
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        try:
            self.port = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        self._server.close()
        others = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._to)
        with contextlib.suppress(asyncio.CancelledError):  # at the end, sessions that a check left to the collector
            await asyncio.gather(self._forward(reader, far_writer), self._forward(far_reader, writer))
        writer.close()
        far_writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        drain = asyncio.create_task(self._deliver(waiting, writer))
        data = b"."
        while data:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            waiting.put_nowait((time.monotonic() + self._one_way, data))
        await drain

    @staticmethod
    async def _deliver(waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await waiting.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not data:
                writer.close()
                return
            writer.write(data)


def slowest_chain(results: Sequence[Result]) -> float:
    """Return the seconds of the slowest chain of needs."""
    known = {each.check.id: each for each in results}
    found: dict[str, float] = {}

    def until(name: str) -> float:
        if name not in found:
            own = known[name]
            found[name] = own.seconds + max((until(need) for need in own.check.needs if need in known), default=0.0)
        return found[name]

    return max(until(name) for name in known)


def measure(address: SourceAddress, latency_ms: int) -> Round:
    """Run all checks of the source once through a relay."""
    mode = "require" if address.tls else "none"
    user, inspector = address.replication_user, address.inspector_user
    wanted = Wanted(user, address.database, tuple(f"public.{each}" for each in TABLES), mode,
                    heartbeat_schema="dms_artifacts", network="127.0.0.1/32")  # fmt: skip
    with Relay(address.host, address.port, latency_ms / 2000).running() as relay:
        login = SourceLogin("127.0.0.1", relay.port, address.database, user, address.password_of(user), inspector,
                            address.password_of(inspector), mode)  # fmt: skip
        began = time.monotonic()
        results = run_checks(source_checks(lambda: (login, wanted)))
        wall = time.monotonic() - began
    bad = [each.check.id for each in results if each.status is Status.FAIL]
    assert not bad, f"the source must be ready, or checks are skipped and nothing is measured: {bad}"
    open_ones = sum(each.status is Status.INCONCLUSIVE for each in results)
    return Round(latency_ms, len(results), open_ones, wall, slowest_chain(results))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        database = SourceDatabase(Path(home), rows=200)
        try:
            address = database.ensure()
            measure(address, 0)  # the first loads the driver
            rounds = [measure(address, each) for each in LATENCIES_MS for _ in range(options.rounds)]
        finally:
            database.remove()
    if options.json:
        print(json.dumps([asdict(each) | {"added": each.added} for each in rounds], indent=2))
        return
    print("| round trip | checks | wall | slowest chain | added |\n| --- | --- | --- | --- | --- |")
    for latency in LATENCIES_MS:
        own = [each for each in rounds if each.latency_ms == latency]
        wall, chain, added = (
            statistics.median(getattr(each, name) for each in own) for name in ("wall", "chain", "added")
        )
        kept = "" if added <= PROMISE_SECONDS else " (above the promise)"
        print(f"| {latency} ms | {own[0].checks} | {wall:.2f} s | {chain:.2f} s | {added:.2f} s{kept} |")


if __name__ == "__main__":
    main()
