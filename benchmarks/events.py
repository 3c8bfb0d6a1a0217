"""100,000 events while somebody watches: repaints, processor time, and whether any was lost.

A journal is written as fast as a disk takes it while the run's screen follows it, headless at 160x48; beside it the
same journal is folded without any screen, which is the floor. Run it with
`.venv/bin/python -m benchmarks.events [--events N] [--json]`.
"""

import argparse
import asyncio
import json
import tempfile
import threading
import time
from pathlib import Path

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.journal import JournalWriter, read_journal
from autocorp_wizard.adapters.lease import Lease
from autocorp_wizard.adapters.run_store import RunFiles, RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.environment import rehearsal_environment
from autocorp_wizard.core.events import Action, Operation
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import fold
from autocorp_wizard.tui.opening import make_app
from autocorp_wizard.tui.screens.run import RunScreen

SIZE = (160, 48)
RESOURCES = 1000


def write(files: RunFiles, events: int) -> None:
    """Write the journal of an apply of a thousand resources that says much while it works."""
    journal = JournalWriter(files.journal, files.run)
    kind = "aws_s3_object"
    names = [f"module.s3.{kind}.many[{number}]" for number in range(RESOURCES)]
    journal.append(ev.RunStarted(operation=Operation.APPLY, environment="rehearsal", phase="foundation"))
    for name in names:
        journal.append(ev.ResourcePlanned(address=name, action=Action.CREATE, resource_type=kind, sentence="an object"))
    for name in names:
        journal.append(ev.ResourceStarted(address=name, action=Action.CREATE, resource_type=kind))
    for number in range(events - 3 * RESOURCES - 3):
        journal.append(
            ev.ResourceProgressed(address=names[number % RESOURCES], action=Action.CREATE, seconds=number / 1000)
        )
    for name in names:
        journal.append(ev.ResourceFinished(address=name, action=Action.CREATE, seconds=9.0))
    journal.append(ev.SummaryReported(operation=Operation.APPLY, add=RESOURCES))
    journal.append(ev.RunFinished(outcome="succeeded", sentence="The apply succeeded."))
    journal.close()


async def watch(home: Home, files: RunFiles, events: int) -> dict[str, float]:
    """Follow the run while it is written; figures by name."""
    lease = Lease.acquire(files.lease, what=files.run)
    app = make_app(home, rehearsal_environment(Preset.DEV))
    shows = 0
    plain = RunScreen._show

    def counted(screen: RunScreen, follower: object) -> None:
        nonlocal shows
        shows += 1
        plain(screen, follower)  # type: ignore[arg-type]

    RunScreen._show = counted  # type: ignore[method-assign]  # counted, not changed
    async with app.run_test(size=SIZE) as pilot:
        writer = threading.Thread(target=write, args=(files, events))
        began, cpu = time.perf_counter(), time.process_time()
        writer.start()
        app.show_run(files.run, "rehearsal")
        while not (isinstance(app.screen, RunScreen) and app.screen.status == "succeeded"):
            await pilot.pause(0.01)
        seconds, busy = time.perf_counter() - began, time.process_time() - cpu
        follower = app.screen._follower  # the benchmark counts what the screen itself has read
        seen = follower.state.last_seq if follower is not None else 0
        lines = len(follower.log) if follower is not None else 0
    writer.join()
    if lease is not None:
        lease.release()
    return {"events": seen, "lines": lines, "seconds": seconds, "cpu": busy, "paints": shows}


def main() -> None:
    """Print what the screen cost beside the plain fold, and how many events it saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name))
        home.make()
        files = RunStore(home.runs).create(Request(operation=Operation.APPLY, environment="rehearsal"))
        figures = asyncio.run(watch(home, files, options.events))
        began = time.process_time()
        state = fold(read_journal(files.journal))
        figures |= {"fold": time.process_time() - began, "lost": state.last_seq - figures["events"]}
    figures["paints_per_second"] = figures["paints"] / figures["seconds"]
    if options.json:
        print(json.dumps(figures))
    else:
        print(
            f"{figures['events']:.0f} events seen, {figures['lost']:.0f} lost; {figures['seconds']:.1f} s, "
            f"{figures['cpu']:.1f} s of processor (writing them included; the fold alone {figures['fold']:.1f} s); "
            f"{figures['paints']:.0f} paints, {figures['paints_per_second']:.1f} a second"
        )


if __name__ == "__main__":
    main()
