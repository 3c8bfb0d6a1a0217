"""Write an export and its manifest: `python -m tests.glue.generator sales_orders --rows 100000 --seed 7 --out DIR`."""

import argparse
import json
from pathlib import Path

from tests.glue.generator.exports import SUBJECTS, write_export, write_manifest


def main() -> None:
    """Write NAME.csv and NAME.manifest.json."""
    parser = argparse.ArgumentParser(prog="python -m tests.glue.generator", description=__doc__)
    parser.add_argument("subject", choices=tuple(SUBJECTS))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--factor", type=float, default=1.0, help="how much dirtier than the real exports (0: clean)")
    parser.add_argument("--least", type=int, default=0, help="rows that every kind hits at least")
    parser.add_argument("--out", type=Path, default=Path())
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    subject = SUBJECTS[given.subject]
    manifest = write_export(
        given.out / f"{subject.name}.csv",
        subject,
        given.rows,
        seed=given.seed,
        factor=given.factor,
        least=given.least,
    )
    write_manifest(given.out / f"{subject.name}.manifest.json", manifest)
    print(json.dumps(manifest.as_document()))


if __name__ == "__main__":
    main()
