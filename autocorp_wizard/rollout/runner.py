"""The process that owns a run: it holds the run's lease, does the work, and writes how it ended.

Started by Engine.start with its leases and a pipe of secrets inherited as descriptors. It outlives whoever started it.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.lease import Lease
from autocorp_wizard.adapters.run_store import RunFiles, RunStore
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout.operations import run_request
from autocorp_wizard.rollout.recorder import Discretion, Recorder

# The runner's sign of life, in seconds; readers call a runner silent after ten.
_HEARTBEAT = 3.0


def main() -> int:
    """Run the operation that the run's request names; the exit code is for the log only."""
    arguments = _arguments()
    home = Home(Path(arguments.home))
    store = RunStore(home.runs)
    files = store.files(arguments.run)
    lease = Lease.inherited(files.lease, arguments.run_lease)
    environment_lease = Lease.inherited(home.root, arguments.environment_lease)
    with os.fdopen(arguments.secrets) as pipe:
        secrets = {str(key): str(value) for key, value in json.load(pipe).items()}
    lease.sign(files.run)
    stop = threading.Event()
    threading.Thread(target=_beat, args=(lease, stop), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: _wish_to_stop(files))
    recorder = Recorder(files, Discretion(secrets.values()))
    request = Request.from_json(files.request.read_text())
    try:
        return asyncio.run(run_request(home, request, recorder, secrets))
    finally:
        stop.set()
        recorder.close()
        lease.release()
        environment_lease.release()


def _wish_to_stop(files: RunFiles) -> None:
    (files.control / "cancel").write_text("stop")


def _beat(lease: Lease, stop: threading.Event) -> None:
    while not stop.wait(_HEARTBEAT):
        lease.beat()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="autocorp-wizard-runner", description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--home", required=True)
    parser.add_argument("--run-lease", type=int, required=True)
    parser.add_argument("--environment-lease", type=int, required=True)
    parser.add_argument("--secrets", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
