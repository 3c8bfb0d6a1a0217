"""A real streaming standby of the bench's cluster, made by pg_basebackup and gone afterwards."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal import source_cluster, source_place
from autocorp_wizard.rehearsal.source_address import SUPERUSER
from autocorp_wizard.rehearsal.source_binaries import find_binaries
from tests.checks.source.bench import Bench


@contextmanager
def standby(bench: Bench, home: Path) -> Iterator[int]:
    """Start a standby and yield its port; skips where this PostgreSQL comes without pg_basebackup."""
    binaries = find_binaries()
    if not (binaries.directory / "pg_basebackup").exists():
        pytest.skip("this PostgreSQL comes without pg_basebackup")
    place = source_place.find_place(home)
    binaries = source_place.within_reach(place, binaries)
    try:
        subprocess.run(
            [
                str(binaries.directory / "pg_basebackup"),
                *("-h", bench.address.host, "-p", str(bench.address.port), "-U", SUPERUSER, "-D", str(place.data)),
                *("--wal-method=stream", "--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
            ],
            cwd=place.base,
            env={"PATH": os.environ["PATH"], "PGPASSWORD": bench.address.password_of(SUPERUSER)},
            user=place.account,
            check=True,
            capture_output=True,
            timeout=120,
        )
        shutil.rmtree(place.data / "log", ignore_errors=True)
        mark, port = source_cluster.start(place, binaries, wanted_port=0, log=home / "standby.log")
        try:
            yield port
        finally:
            source_cluster.stop(mark)
    finally:
        source_place.remove(place)
