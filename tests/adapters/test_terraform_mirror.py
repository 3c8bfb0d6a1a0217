"""A provider mirror is found where such things lie, and then no registry is asked."""

import hashlib
import os
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from autocorp_wizard.adapters.provider_lock import (
    TRUST_VARIABLE,
    environment_lock,
    lock_mismatch,
    locked_providers,
    own_lock,
    package_hash,
)
from autocorp_wizard.adapters.snapshot import packaged_tree
from autocorp_wizard.adapters.terraform import Terraform
from autocorp_wizard.adapters.terraform_environment import terraform_environment
from autocorp_wizard.adapters.terraform_mirror import (
    MIRROR_VARIABLE,
    REGISTRY,
    Mirror,
    cli_config,
    find_mirrors,
    write_cli_config,
)
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.versions import terraform_platform

PLATFORM = "linux_amd64"
AWS = f"{REGISTRY}/hashicorp/aws"


def unpacked(root: Path, version: str = "5.100.0", platform: str = PLATFORM) -> Path:
    directory = root / AWS / version / platform
    directory.mkdir(parents=True)
    (directory / f"terraform-provider-aws_v{version}_x5").write_text("a provider")
    return root


def packed(root: Path, version: str = "5.100.0", platform: str = PLATFORM) -> Path:
    directory = root / AWS
    directory.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(directory / f"terraform-provider-aws_{version}_{platform}.zip", "w") as package:
        package.writestr("terraform-provider-aws", "a provider")
    return root


def find(tmp_path: Path, **environ: str) -> tuple[Mirror, ...]:
    env = {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "share"), **environ}
    return find_mirrors(env, platform=PLATFORM, add_on_roots=[str(tmp_path / "opt")])


@pytest.mark.parametrize(
    "place",
    [
        "opt",
        "opt/tf-plugins",
        "opt/acme/providers",
        "opt/terraform/mirror",
        "home/.terraform.d/plugins",
        "home/.terraform.d/plugin-cache",
        "home/.terraform.d",
        "home/.local/share/terraform/plugins",
        "home/.local/share/acme",
        "share/terraform/plugins",
        "share/terraform-providers",
    ],
)
@pytest.mark.parametrize("layout", [unpacked, packed])
def test_a_tree_laid_out_by_registry_host_is_found_where_software_is_installed(tmp_path: Path, place: str, layout):
    layout(tmp_path / place)
    (mirror,) = find(tmp_path)
    assert (mirror.path, mirror.versions, mirror.packed) == (tmp_path / place, ("5.100.0",), layout is packed)


def test_the_named_directory_comes_first_and_each_mirror_once(tmp_path: Path):
    unpacked(tmp_path / "opt/a")
    unpacked(tmp_path / "cache")
    unpacked(tmp_path / "mine")
    (tmp_path / "opt/link").symlink_to(tmp_path / "opt/a")
    found = find(
        tmp_path,
        **{MIRROR_VARIABLE: str(tmp_path / "mine"), "TF_PLUGIN_CACHE_DIR": str(tmp_path / "cache")},
    )
    assert [mirror.path.name for mirror in found] == ["mine", "cache", "a"]
    assert found[0].origin == MIRROR_VARIABLE


def test_the_mirror_of_the_operators_own_configuration_is_used(tmp_path: Path):
    rc = tmp_path / "home/.terraformrc"
    rc.parent.mkdir()
    rc.write_text(
        '# filesystem_mirror { path = "/commented/out" }\n'
        f'provider_installation {{\n filesystem_mirror {{\n path = "{unpacked(tmp_path / "corp")}"\n }}\n}}\n'
    )
    assert [mirror.path.name for mirror in find(tmp_path)] == ["corp"]
    rc.rename(tmp_path / "other.tfrc")
    assert find(tmp_path) == ()
    assert len(find(tmp_path, TF_CLI_CONFIG_FILE=str(tmp_path / "other.tfrc"))) == 1


def test_versions_that_the_tree_does_not_accept_and_other_platforms_are_no_mirror(tmp_path: Path):
    unpacked(tmp_path / "opt/old", "5.99.0")
    unpacked(tmp_path / "opt/new", "6.0.0")
    unpacked(tmp_path / "opt/other", platform="darwin_arm64")
    (tmp_path / "opt/empty" / AWS / "5.100.0" / PLATFORM).mkdir(parents=True)
    assert find(tmp_path) == ()
    unpacked(tmp_path / "opt/fit", "5.100.0")
    packed(tmp_path / "opt/fit", "5.101.1")
    assert find(tmp_path)[0].versions == ("5.101.1", "5.100.0")


def test_a_named_directory_that_holds_nothing_fitting_is_refused(tmp_path: Path):
    with pytest.raises(WizardError) as refused:
        find(tmp_path, **{MIRROR_VARIABLE: str(tmp_path)})
    assert refused.value.code == "MIRROR-UNFIT"


def test_where_a_mirror_holds_the_provider_the_registry_is_not_asked_for_it(tmp_path: Path):
    (mirror,) = find_mirrors({}, platform=PLATFORM, add_on_roots=[str(unpacked(tmp_path / "a b"))])
    text = cli_config([mirror], tmp_path / "cache", environ={})
    assert f'path    = "{tmp_path / "a b"}"' in text
    assert f'direct {{\n    exclude = ["{AWS}"]' in text
    assert f'plugin_cache_dir   = "{tmp_path / "cache"}"' in text
    assert "direct {}" in cli_config([], environ={})


def test_a_network_mirror_of_the_operators_is_kept_where_no_directory_serves(tmp_path: Path):
    rc = tmp_path / "rc"
    rc.write_text('provider_installation {\n network_mirror {\n  url = "https://mirror.example/"\n }\n}\n')
    text = cli_config([], environ={"TF_CLI_CONFIG_FILE": str(rc)})
    assert 'url     = "https://mirror.example/"' in text
    assert "exclude" in text


def test_the_configuration_is_private_and_its_cache_is_there(tmp_path: Path):
    path = write_cli_config(tmp_path / "home/cli.tfrc", [], tmp_path / "home/plugins")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "home/plugins").is_dir()
    assert [item.name for item in path.parent.iterdir() if item.name.startswith(".")] == []


def test_the_committed_lock_file_names_one_provider_for_every_platform():
    (locked,) = locked_providers(packaged_tree().lock_file.read_text())
    assert locked.address == AWS
    assert locked.version == "5.100.0"
    assert len([text for text in locked.hashes if text.startswith("zh:")]) == 15


def lock(*hashes: str, version: str = "5.100.0") -> str:
    quoted = "".join(f'    "{text}",\n' for text in hashes)
    return f'provider "{AWS}" {{\n  version     = "{version}"\n  hashes = [\n{quoted}  ]\n}}\n'


def test_an_unpacked_provider_needs_its_own_checksum_in_the_lock_file(tmp_path: Path):
    platform = "freebsd_arm64"
    root = unpacked(tmp_path / "m", platform=platform)
    mirrors = find_mirrors({}, platform=platform, add_on_roots=[str(root)])
    own = package_hash(root / AWS / "5.100.0" / platform)
    assert lock_mismatch(lock("zh:ab", own), mirrors, platform=platform) is None
    mismatch = lock_mismatch(lock("zh:ab", "h1:other="), mirrors, platform=platform)
    assert mismatch is not None
    assert platform in mismatch.sentence
    assert mismatch.mirror == mirrors[0]


def test_a_mirror_of_another_version_than_the_locked_one_is_told(tmp_path: Path):
    mirrors = find_mirrors({}, platform=PLATFORM, add_on_roots=[str(unpacked(tmp_path / "m", "5.101.0"))])
    mismatch = lock_mismatch(lock("h1:x="), mirrors, platform=PLATFORM)
    assert mismatch is not None
    assert "names hashicorp/aws 5.100.0" in mismatch.sentence
    assert lock_mismatch(lock("h1:x="), (), platform=PLATFORM) is None
    assert lock_mismatch("", mirrors, platform=PLATFORM) is None


def test_a_packed_provider_is_checked_by_the_checksum_of_its_release(tmp_path: Path):
    root = packed(tmp_path / "m")
    mirrors = find_mirrors({}, platform=PLATFORM, add_on_roots=[str(root)])
    (archive,) = (root / AWS).glob("*.zip")
    assert (
        lock_mismatch(lock(f"zh:{hashlib.sha256(archive.read_bytes()).hexdigest()}"), mirrors, platform=PLATFORM)
        is None
    )
    assert lock_mismatch(lock("zh:00"), mirrors, platform=PLATFORM) is not None


def test_an_environment_gets_a_lock_file_of_its_own_only_where_the_operator_trusts_the_mirror(tmp_path: Path):
    platform = terraform_platform()
    root = unpacked(tmp_path / "m", "5.101.0", platform)
    mirrors = find_mirrors({}, add_on_roots=[str(root)])
    committed, own = tmp_path / "committed.hcl", tmp_path / "own.hcl"
    committed.write_text(lock("h1:a=", "zh:b"))
    with pytest.raises(WizardError) as refused:
        environment_lock(committed, mirrors, own, {})
    assert refused.value.code == "PROVIDER-UNVERIFIED"
    assert TRUST_VARIABLE in refused.value.next_step
    assert not own.exists()
    written = environment_lock(committed, mirrors, own, {TRUST_VARIABLE: "1"})
    assert written == own.read_bytes()
    (locked,) = locked_providers(own.read_text())
    assert (locked.version, locked.hashes) == ("5.101.0", {package_hash(root / AWS / "5.101.0" / platform)})
    assert environment_lock(committed, mirrors, own, {}) == written  # asked once, kept while it fits
    assert environment_lock(own, mirrors, own, {}) is None


def test_a_checksum_that_lacks_is_added_to_those_that_are_known(tmp_path: Path):
    platform = "freebsd_arm64"
    root = unpacked(tmp_path / "m", platform=platform)
    mirrors = find_mirrors({}, platform=platform, add_on_roots=[str(root)])
    mismatch = lock_mismatch(lock("zh:b"), mirrors, platform=platform)
    assert mismatch is not None
    text = own_lock(lock("zh:b"), mismatch)
    assert locked_providers(text)[0].hashes == {"zh:b", package_hash(root / AWS / "5.100.0" / platform)}
    assert lock_mismatch(text, mirrors, platform=platform) is None


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH")
def test_the_tree_is_initialised_from_a_mirror_without_a_network(tmp_path: Path):
    mirrors = find_mirrors()
    if not mirrors:
        pytest.skip("this machine has no provider mirror")
    tree = packaged_tree()
    assert lock_mismatch(tree.lock_file.read_text(), mirrors) is None
    work = tmp_path / "tree"
    shutil.copytree(tree.terraform, work, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
    config = write_cli_config(tmp_path / "rc", mirrors, tmp_path / "cache")
    nowhere = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    environment = terraform_environment(nowhere, {}, cli_config=config, data_dir=tmp_path / "data")
    terraform = Terraform(Path("terraform"), work, environment)
    done = subprocess.run(
        terraform.init(backend=False), cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    installed = tmp_path / "data/providers" / AWS / "5.100.0" / terraform_platform()
    assert package_hash(installed.resolve()) in tree.lock_file.read_text()
