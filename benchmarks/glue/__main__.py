"""The benchmark of the Glue jobs: `python -m benchmarks.glue --scale 0.05 --runs 1`.

Each contestant takes in the same files in a process of its own; what its table then holds is compared with the truth.
Rounds go over all of them in turn, the first one warming up the machine, so that a busy minute hits everybody.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.glue import floor, inputs, results

CONTESTANTS = ("hudi", "naive", "parquet", "duckdb")
TITLES = {"hudi": "ours, Hudi", "naive": "naive job, Hudi", "parquet": "ours, Parquet", "duckdb": "DuckDB"}
REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Workload:
    """`zone` holds the files, `base` names the workload whose table it starts from; `again`: nothing new arrived."""

    name: str
    title: str
    table: str
    zone: str
    base: str = ""
    again: bool = False


WORKLOADS = (
    Workload("load", "first load of 1,000,000 orders", "sales_order", "load"),
    Workload("updates-1", "200,000 changes, 1 % updates", "sales_order", "updates-1", "load"),
    Workload("updates-20", "200,000 changes, 20 % updates", "sales_order", "updates-20", "load"),
    Workload("updates-100", "200,000 changes, 100 % updates", "sales_order", "updates-100", "load"),
    Workload("deletes-5", "200,000 changes, 75 % updates, 5 % deletions", "sales_order", "deletes-5", "load"),
    Workload("replay", "the same changes again", "sales_order", "updates-20", "updates-20", again=True),
    Workload("customers", "customers.csv, 1,200,000 rows, 3 % dirt", "csv_customers", "export"),
)


@dataclass
class Bench:
    """Where everything lies, and the records so far."""

    work: Path
    truth: dict[str, results.Content]

    @property
    def records(self) -> Path:
        return self.work / "records.jsonl"

    def files(self, load: Workload) -> list[str]:
        """The files that are new to the table."""
        zone = self.work / "inputs" / load.zone
        if load.table == "csv_customers":
            return [str(self.work / "inputs" / inputs.EXPORT_FILE)]
        if load.zone == "load":
            return [str(self.work / "inputs" / inputs.LOAD_FILE)]
        return sorted(map(str, (zone / inputs.CHANGES_FOLDER).glob("*.parquet")))

    def run(self, load: Workload, contestant: str, round_: int) -> dict[str, object]:
        """Measure once, and write the record down."""
        root = self.work / "tables" / contestant / load.name
        shutil.rmtree(root, ignore_errors=True)
        if load.base:
            shutil.copytree(self.work / "tables" / contestant / load.base, root)
        zone = str(self.work / "inputs" / load.zone)
        command = [sys.executable, "-m", "benchmarks.glue.contestant", contestant, load.table, str(root), zone]
        busy = os.getloadavg()[0]
        done = subprocess.run([*command, *self.files(load)], cwd=REPO, capture_output=True, text=True, check=False)
        record: dict[str, object] = {"workload": load.name, "contestant": contestant, "round": round_, "load": busy}
        if done.returncode != 0:
            record["failed"] = (done.stderr.strip().splitlines() or ["no word"])[-1][:300]
        else:
            record |= json.loads(done.stdout.splitlines()[-1])
            if round_ == 0:
                found = results.content_of(contestant, load.table, root)
                record |= {"rows": found.rows if found else None, "right": found == self.truth[load.name]}
                record["bytes"] = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        with self.records.open("a") as file:
            file.write(json.dumps(record) + "\n")
        if round_ > 0 and not any(other.base == load.name for other in WORKLOADS):
            shutil.rmtree(root, ignore_errors=True)
        return record


def truths(work: Path, bench: Bench) -> Iterator[tuple[str, results.Content]]:
    """Yield what each workload's table must hold.

    Of the export the manifest says how many rows must be let in; which ones, DuckDB says, who shares no code with us.
    """
    (loaded,) = bench.files(WORKLOADS[0])
    for load in WORKLOADS:
        if load.table == "sales_order":
            yield load.name, results.expected_orders(loaded, bench.files(load) if load.base else [])
            continue
        place = work / "truth"
        place.mkdir(exist_ok=True)
        floor.customers(place / f"{load.table}.parquet", bench.files(load)[0])
        content = results.content_of("duckdb", load.table, place)
        wanted = json.loads((work / "inputs/customers.manifest.json").read_text())["written"]
        assert content is not None
        assert content.rows == wanted, f"DuckDB let {content.rows} rows in, the manifest says {wanted}"
        yield load.name, content


def main(arguments: Sequence[str]) -> int:
    """Measure, or print the table of what was measured. Exit code 3 where ours was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.glue", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a million orders")
    parser.add_argument("--runs", type=int, default=5, help="measured rounds, after one that warms up")
    parser.add_argument("--contestants", default=",".join(CONTESTANTS))
    parser.add_argument("--workloads", default=",".join(load.name for load in WORKLOADS))
    parser.add_argument("--work", type=Path, default=Path("build/benchmark-glue"), help="inputs, tables and records")
    parser.add_argument("--append", action="store_true", help="keep the records that are there")
    parser.add_argument("--report", action="store_true", help="only print the table of the records in --work")
    given = parser.parse_args(arguments)
    work = given.work.resolve()
    if not given.report:
        wanted = [
            (load, contestant)
            for load in WORKLOADS
            for contestant in given.contestants.split(",")
            if load.name in given.workloads.split(",")
        ]
        _measure(work, given.scale, range(given.runs + 1), wanted, append=given.append)
    records = [json.loads(line) for line in (work / "records.jsonl").read_text().splitlines()]
    print(heading(records, json.loads((work / "inputs.json").read_text())["scale"]))
    print(table(records))
    ours = [record for record in records if record["contestant"] in ("hudi", "parquet")]
    return 3 if any("failed" in record or record.get("right") is False for record in ours) else 0


def _measure(work: Path, scale: float, rounds: range, wanted: Sequence[tuple[Workload, str]], *, append: bool) -> None:
    stamp = work / "inputs.json"
    if not stamp.is_file() or json.loads(stamp.read_text())["scale"] != scale:
        print(f"writing inputs at scale {scale} …", file=sys.stderr)
        inputs.make(work / "inputs", scale)
        stamp.write_text(json.dumps({"scale": scale}))
    bench = Bench(work, {})
    bench.truth.update(truths(work, bench))
    if not append:
        bench.records.unlink(missing_ok=True)
    for round_ in rounds:
        for load, contestant in wanted:
            record = bench.run(load, contestant, round_)
            print(json.dumps(record), file=sys.stderr, flush=True)


def heading(records: Sequence[dict[str, object]], scale: float) -> str:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    loads = [float(str(record["load"])) for record in records]
    return (
        f"Scale {scale:g} (1: the rows that the titles name), {os.cpu_count()} cores, {memory:.0f} GiB; load of the "
        f"machine when a run began: {min(loads):.1f} to {max(loads):.1f}.\n"
    )


def table(records: Sequence[dict[str, object]]) -> str:
    """Return the records as a table in Markdown: medians (least to most) of the measured rounds, in seconds."""
    lines = [
        "| workload | contestant | right | batch, s | CPU, s | start-up, s | memory | runs |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for load in WORKLOADS:
        for contestant in CONTESTANTS:
            mine = [r for r in records if (r["workload"], r["contestant"]) == (load.name, contestant)]
            if not mine:
                continue
            right = next((r["right"] for r in mine if "right" in r), None)
            timed = [r for r in mine if r["round"] and "failed" not in r] or [r for r in mine if "failed" not in r]
            if not timed:
                lines.append(f"| {load.title} | {TITLES[contestant]} | fails | | | | | {len(mine)} |")
                continue
            most = max(int(str(r["memory"])) for r in timed) / 2**20
            lines.append(
                f"| {load.title} | {TITLES[contestant]} | {'yes' if right else '**no**'} | {_spread(timed, 'seconds')} "
                f"| {_spread(timed, 'cpu')} | {_spread(timed, 'startup')} | {most:,.0f} MiB | {len(timed)} |"
            )
    return "\n".join(lines)


def _spread(records: Sequence[dict[str, object]], name: str) -> str:
    values = [float(str(record[name])) for record in records]
    return f"{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
