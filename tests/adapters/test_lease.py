"""A lease is held exactly as long as somebody who has it lives."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from autocorp_wizard.adapters import lease
from autocorp_wizard.adapters.lease import Lease

HOLDER = """
import sys
from pathlib import Path
from autocorp_wizard.adapters.lease import Lease
held = Lease.acquire(Path(sys.argv[1]), what="test")
print("held" if held else "refused", flush=True)
sys.stdin.read()
"""

HEIR = "import sys; print('up', flush=True); sys.stdin.read()"


def test_nobody_holds_what_does_not_exist(tmp_path: Path) -> None:
    assert not lease.is_held(tmp_path / "lease")
    assert lease.holder(tmp_path / "lease") is None


def test_a_lease_is_exclusive_and_can_be_given_back(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    held = Lease.acquire(path, what="one")
    assert held is not None
    assert lease.is_held(path)
    assert Lease.acquire(path, patience=0) is None
    who = lease.holder(path)
    assert who is not None
    assert (who.pid, who.what) == (os.getpid(), "one")
    held.release()
    assert not lease.is_held(path)


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert lease.is_held(path)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not lease.is_held(path)


def test_a_child_that_inherits_the_lease_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "lease"
    held = Lease.acquire(path)
    assert held is not None
    with subprocess.Popen(
        [sys.executable, "-c", HEIR],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(held.descriptor,),
        text=True,
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        held.release()
        assert lease.is_held(path)
        child.kill()
        child.wait()
    assert not lease.is_held(path)
