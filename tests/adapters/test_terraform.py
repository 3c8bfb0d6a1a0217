"""Terraform's argument lists, the environment it gets, and the one init at a time."""

import shutil
import subprocess
from pathlib import Path

import pytest

from autocorp_wizard.adapters.terraform import Terraform, init_lock
from autocorp_wizard.adapters.terraform_environment import INHERITED, terraform_environment
from autocorp_wizard.core.errors import WizardError

T = Terraform(Path("/bin/terraform"), Path("/tree"), {})
PLAN = Path("/run/plan.bin")


def test_a_plan_goes_to_a_file_with_its_variables_from_a_file():
    assert T.plan(PLAN, Path("/run/vars.json")) == (
        "/bin/terraform",
        "plan",
        "-input=false",
        "-no-color",
        "-json",
        "-detailed-exitcode",
        "-lock-timeout=60s",
        "-parallelism=10",
        "-var-file=/run/vars.json",
        "-out=/run/plan.bin",
    )
    more = T.plan(PLAN, [Path("a"), Path("b")], destroy=True, refresh=False, replace=["x.y"])
    assert {"-destroy", "-refresh=false", "-replace=x.y", "-var-file=a", "-var-file=b"} <= set(more)
    assert "-refresh-only" in T.plan(PLAN, refresh_only=True)
    assert "-generate-config-out=gen.tf" in T.plan(PLAN, generate_config_out=Path("gen.tf"))


def test_only_a_saved_plan_is_applied_and_nothing_is_approved_by_a_flag():
    argv = T.apply(PLAN)
    assert argv[:2] == ("/bin/terraform", "apply")
    assert argv[-1] == str(PLAN)
    assert not [part for part in argv if "approve" in part or "force" in part]


def test_init_keeps_the_lock_file_as_it_is_unless_the_environment_has_its_own():
    argv = T.init({"bucket": "state", "key": "a/b"}, reconfigure=True)
    assert argv[2:] == (
        "-input=false",
        "-no-color",
        "-json",
        "-reconfigure",
        "-lockfile=readonly",
        "-backend-config=bucket=state",
        "-backend-config=key=a/b",
    )
    assert "-lockfile=readonly" not in T.init(own_lock_file=True)
    assert T.init(Path("/run/backend.hcl"))[-1] == "-backend-config=/run/backend.hcl"
    assert "-backend=false" in T.init(backend=False)


def test_no_command_can_wait_for_an_answer_move_state_or_carry_a_variable():
    commands = (
        T.init({"a": "b"}, reconfigure=True),
        T.plan(PLAN, Path("v")),
        T.apply(PLAN),
        T.show(PLAN),
        T.state_pull(),
        T.state_push(Path("errored.tfstate")),
        T.state_list(),
        T.force_unlock("id-1"),
        T.untaint("a.b"),
        T.output(),
        T.version(),
        T.validate(),
        T.providers_lock(Path("/mirror"), "linux_amd64"),
    )
    for argv in commands:
        assert all(type(part) is str for part in argv)
        assert not {"-migrate-state", "-force-copy", "-auto-approve"} & set(argv)
        assert not [part for part in argv if part.startswith("-var=")]


def test_an_unlock_and_an_untaint_name_exactly_what_they_are_for():
    assert T.force_unlock("id-1")[1:] == ("force-unlock", "-force", "id-1")
    assert T.untaint('a.b["c d"]')[-1] == 'a.b["c d"]'
    assert T.state_push(Path("errored.tfstate"))[1:] == ("state", "push", "-lock-timeout=60s", "errored.tfstate")


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH")
def test_a_real_terraform_takes_the_arguments(tmp_path: Path):
    (tmp_path / "main.tf").write_text('resource "terraform_data" "a" {}\nvariable "n" {}\n')
    (tmp_path / "vars.json").write_text('{"n": 1}')
    environment = terraform_environment(
        {"PATH": str(Path(shutil.which("terraform") or "").parent) + ":/usr/bin:/bin", "TF_LOG": "TRACE"},
        {},
        cli_config=tmp_path / "rc",
        data_dir=tmp_path / "data",
    )
    (tmp_path / "rc").write_text("disable_checkpoint = true\n")
    real = Terraform(Path("terraform"), tmp_path, environment)
    for argv, expected in (
        (real.init(), 0),
        (real.validate(), 0),
        (real.plan(tmp_path / "plan.bin", tmp_path / "vars.json"), 2),
        (real.show(tmp_path / "plan.bin"), 0),
        (real.apply(tmp_path / "plan.bin"), 0),
        (real.state_list(), 0),
        (real.output(), 0),
        (real.plan(tmp_path / "again.bin", tmp_path / "vars.json"), 0),
    ):
        done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == expected, f"{argv}\n{done.stdout}\n{done.stderr}"
        assert done.stderr == ""
    assert not (tmp_path / ".terraform").exists()


def test_nothing_of_the_operators_own_settings_reaches_terraform():
    base = {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy",
        "TF_LOG": "TRACE",
        "TF_CLI_ARGS": "-lock=false",
        "TF_WORKSPACE": "other",
        "TF_VAR_x": "1",
        "AWS_PROFILE": "private",
        "AWS_SECRET_ACCESS_KEY": "private",
        "LD_PRELOAD": "x",
    }
    environment = terraform_environment(
        base,
        {"AWS_PROFILE": "lake", "AWS_REGION": "eu-central-1"},
        cli_config=Path("/home/rc"),
        data_dir=Path("/home/data"),
        secrets={"postgres_password": "hunter2"},
    )
    assert environment == {
        "PATH": "/bin",
        "HTTPS_PROXY": "http://proxy",
        "AWS_PROFILE": "lake",
        "AWS_REGION": "eu-central-1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "CHECKPOINT_DISABLE": "1",
        "TF_DATA_DIR": "/home/data",
        "TF_CLI_CONFIG_FILE": "/home/rc",
        "TF_VAR_postgres_password": "hunter2",
    }
    assert not [name for name in INHERITED if name.startswith(("TF_", "AWS_"))]


def test_the_clouds_environment_cannot_steer_terraform():
    with pytest.raises(WizardError) as refused:
        terraform_environment({}, {"TF_LOG": "TRACE"}, cli_config=Path("a"), data_dir=Path("b"))
    assert refused.value.code == "ENVIRONMENT-STEERED"


def test_one_init_at_a_time_uses_the_plugin_cache(tmp_path: Path):
    with init_lock(tmp_path):
        with pytest.raises(WizardError) as busy, init_lock(tmp_path, timeout=0):
            pass
        assert busy.value.code == "INIT-BUSY"
    with init_lock(tmp_path, timeout=0):
        pass
