"""What the wizard costs on top of Terraform: paired applies of the same `terraform_data` resources (decisions.md 30).

Each pair plans the same tree twice, applies one plan with plain `terraform apply` and the other through the wizard's
runner, in turn first, and compares the wall time. The runner's own processor time is read from its process while it
lives. No provider, so no noise of AWS: the resources wait in shell commands. Ratios within one run; run it with
`.venv/bin/python -m benchmarks.overhead [--pairs N] [--resources N] [--json]`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from autocorp_wizard.adapters.environment_store import EnvironmentStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import rehearsal_environment
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceDatabase
from autocorp_wizard.rollout.engine import Engine

TREE = """
terraform {
  backend "s3" {}
}

variable "salt" {
  type = string
}

resource "terraform_data" "waits" {
  count            = %d
  triggers_replace = var.salt

  provisioner "local-exec" {
    command = "sleep %s"
  }
}
"""


@dataclass(frozen=True)
class Pair:
    """One pair. Seconds; `runner_cpu` is the runner's own, without Terraform's."""

    plain: float
    wizard: float
    runner_cpu: float

    @property
    def added(self) -> float:
        """What the wizard's apply took longer, from the request to its end."""
        return self.wizard - self.plain


def main() -> int:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--resources", type=int, default=100)
    parser.add_argument("--each", type=float, default=2.0, help="seconds that one resource takes")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with a_home() as home:
        pairs = list(measure(home, arguments.pairs, arguments.resources, arguments.each))
    result = {
        "pairs": [asdict(pair) for pair in pairs],
        "plain_median_s": round(statistics.median(pair.plain for pair in pairs), 3),
        "wizard_median_s": round(statistics.median(pair.wizard for pair in pairs), 3),
        "added_median_s": round(statistics.median(pair.added for pair in pairs), 3),
        "runner_share_of_one_core": round(statistics.median(pair.runner_cpu / pair.wizard for pair in pairs), 4),
        "cores": os.cpu_count(),
    }
    if arguments.json:
        sys.stdout.write(json.dumps(result) + "\n")
        return 0
    for key, value in result.items():
        if key != "pairs":
            sys.stdout.write(f"{key:26} {value}\n")
    return 0


@contextmanager
def a_home() -> Iterator[Home]:
    """A home with a rehearsal cloud (for the S3 backend), ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="autocorp-overhead-") as folder:
        home = Home(Path(folder) / "home")
        home.make()
        EnvironmentStore(home).save(rehearsal_environment(Preset.DEV))
        try:
            yield home
        finally:
            RehearsalCloud(home.root).stop()
            SourceDatabase(home.root).remove()


def measure(home: Home, pairs: int, resources: int, each: float) -> Iterator[Pair]:
    """Yield one pair after the other; the first applies of a home (starting servers, init) are not counted."""
    engine = Engine(home)
    tree = home.root / "tree"
    tree.mkdir()
    (tree / "main.tf").write_text(TREE % (resources, each))
    (tree / "variables.tf").write_text(declarations())
    finish(engine, engine.start(Request(operation=Operation.BOOTSTRAP, environment="rehearsal")))
    for number in range(pairs + 1):
        if number % 2:
            plain = apply_plainly(engine, tree)
            wizard, cpu = apply_by_wizard(engine, tree)
        else:
            wizard, cpu = apply_by_wizard(engine, tree)
            plain = apply_plainly(engine, tree)
        if number:
            yield Pair(plain, wizard, cpu)


def declarations() -> str:
    """Declare whatever variables the wizard writes, so that the same tree serves both."""
    found = {"postgres_host", "postgres_port", "postgres_database", "postgres_username"}
    names = sorted({*rehearsal_environment(Preset.DEV).tfvars([]), *found})
    text = "".join(f'variable "{name}" {{\n  default = null\n}}\n' for name in names)
    return text + 'variable "postgres_password" {\n  default   = null\n  ephemeral = true\n}\n'


def plan(engine: Engine, tree: Path) -> tuple[str, str]:
    """Plan a full replacement and return the run and its digest."""
    (tree / "salt.auto.tfvars.json").write_text(json.dumps({"salt": str(time.time_ns())}))
    run = engine.start(
        Request(operation=Operation.PLAN, environment="rehearsal", phase="foundation", terraform_dir=str(tree))
    )
    finish(engine, run)
    return run, engine.plan(run).digest


def apply_by_wizard(engine: Engine, tree: Path) -> tuple[float, float]:
    """Apply through the runner; returns wall seconds and the runner's own processor seconds."""
    plan_run, digest = plan(engine, tree)
    request = Request(
        operation=Operation.APPLY,
        environment="rehearsal",
        phase="foundation",
        plan_run=plan_run,
        digest=digest,
        confirm="rehearsal",
    )
    began = time.monotonic()
    run = engine.start(request)
    pid, cpu = 0, 0.0
    for envelope in engine.follow(run, poll=0.05):
        pid = pid or getattr(envelope.event, "pid", 0)
        cpu = max(cpu, own_cpu(pid))
    took = time.monotonic() - began
    finish(engine, run)
    return took, cpu


def apply_plainly(engine: Engine, tree: Path) -> float:
    """Apply the same kind of plan with plain Terraform, in the very environment that the wizard gives it."""
    plan_run, _ = plan(engine, tree)
    files = engine.store.files(plan_run)
    workdir = next((files.root / "tree").glob("*/terraform"))
    environment = terraform_environment_of(engine)
    argv = ["terraform", "apply", "-input=false", "-no-color", "-json", str(files.plan_file)]
    with (files.root / "plain.out").open("wb") as out:
        began = time.monotonic()
        subprocess.run(argv, cwd=workdir, env=environment, stdout=out, check=True)
        took = time.monotonic() - began
    files.plan_file.unlink()
    return took


def terraform_environment_of(engine: Engine) -> dict[str, str]:
    """Build what Terraform needs to reach the same backend with the same data directory."""
    address = RehearsalCloud(engine.home.root).ensure()
    source = SourceDatabase(engine.home.root).ensure()
    folder = engine.home.environment_dir("rehearsal")
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_DATA_DIR": str(folder / "terraform-data"),
        "TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"),
        "TF_VAR_postgres_password": source.password_of(source.replication_user),
        "NO_PROXY": "127.0.0.1",
        **address.environment(),
    }


def finish(engine: Engine, run: str) -> None:
    """Follow a run to its end; anything but success ends the benchmark."""
    for _ in engine.follow(run):
        pass
    record = engine.record(run)
    if record.status != "succeeded":
        raise SystemExit(f"{run}: {record.status}, {record.sentence} {engine.state(run).error}")


def own_cpu(pid: int) -> float:
    """Return the processor seconds a living process used itself, 0 where it is gone or cannot be read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError):
        return 0.0


if __name__ == "__main__":
    sys.exit(main())
