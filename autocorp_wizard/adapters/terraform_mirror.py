"""Finds provider mirrors on this machine and writes the Terraform CLI configuration that uses them.

Where a mirror holds the provider, no registry is asked; where none does, the registry is. `python -m
autocorp_wizard.adapters.terraform_mirror` prints the configuration for this machine.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.versions import AWS_PROVIDER, Accepted, parse_version, terraform_platform

MIRROR_VARIABLE = "AUTOCORP_TF_PLUGIN_DIR"
REGISTRY = "registry.terraform.io"

# Where add-on software lands when an administrator or an image puts it there.
_ADD_ON_ROOTS = ("/opt", "/usr/local/share", "/usr/local/lib", "/usr/share", "/usr/lib", "/var/lib")
_INNER_NAMES = ("plugins", "providers", "mirror", "plugin-cache", "terraform-plugins", "terraform-providers")
_MOST_CHILDREN = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A provider that the tree needs: `hashicorp/aws` in an accepted version."""

    source: str = "hashicorp/aws"
    accepted: Accepted = AWS_PROVIDER

    @property
    def address(self) -> str:
        """The full source address, registry included."""
        return f"{REGISTRY}/{self.source}"


@dataclass(frozen=True, slots=True)
class Mirror:
    """A directory tree laid out by registry host that holds the wanted provider for this platform.

    `versions` are the accepted ones, newest first; `packed` says that they are zip files (which the lock file's
    `zh:` hashes can vouch for; unpacked ones need an `h1:`); `origin` says why it was looked at.
    """

    path: Path
    versions: tuple[str, ...]
    packed: bool
    origin: str


def find_mirrors(
    environ: Mapping[str, str] | None = None,
    *,
    wanted: Wanted | None = None,
    platform: str | None = None,
    add_on_roots: Iterable[str] = _ADD_ON_ROOTS,
) -> tuple[Mirror, ...]:
    """Return the mirrors that hold `wanted` for `platform`, in the order in which they were looked for.

    Reads directories only, two levels deep. Raises WizardError where AUTOCORP_TF_PLUGIN_DIR names a directory that
    holds no fitting provider: an answer that was given is not passed over.
    """
    env = os.environ if environ is None else environ
    need, machine = wanted or Wanted(), platform or terraform_platform()
    found: list[Mirror] = []
    seen: set[str] = set()
    for path, origin in _candidates(env, add_on_roots):
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        mirror = _inspect(path, origin, need, machine)
        if mirror is not None:
            found.append(mirror)
        elif origin == MIRROR_VARIABLE:
            raise WizardError(
                "MIRROR-UNFIT",
                f"{MIRROR_VARIABLE} names {path}, which holds no {need.source} {need.accepted} for {machine}.",
                why=f"Expected {REGISTRY}/{need.source}/VERSION/{machine}/ or a provider zip below it.",
                next_step=f"Name the directory that has {REGISTRY} in it, or unset {MIRROR_VARIABLE}.",
            )
    return tuple(found)


def write_cli_config(path: Path, mirrors: Iterable[Mirror], plugin_cache: Path | None = None) -> Path:
    """Write the CLI configuration to `path` (mode 0600, atomically) and return it; `plugin_cache` is made."""
    if plugin_cache is not None:
        plugin_cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, cli_config(mirrors, plugin_cache))
    return path


def cli_config(
    mirrors: Iterable[Mirror], plugin_cache: Path | None = None, *, environ: Mapping[str, str] | None = None
) -> str:
    """Return the CLI configuration: the mirrors first, the registry only for what they do not hold.

    A network mirror that the operator's own CLI configuration names is kept: it may be the only way out.
    """
    address = Wanted().address
    lines = ["disable_checkpoint = true"]
    if plugin_cache is not None:
        lines.append(f"plugin_cache_dir   = {_quoted(str(plugin_cache))}")
    blocks = [("filesystem_mirror", "path", str(mirror.path), address) for mirror in mirrors]
    networks = [] if blocks else _configured(os.environ if environ is None else environ, "network_mirror", "url")
    blocks += [("network_mirror", "url", url, address) for url in networks]
    lines += ["", "provider_installation {"]
    for kind, key, value, include in blocks:
        lines += [
            f"  {kind} {{",
            f"    {key}{' ' * (7 - len(key))} = {_quoted(value)}",
            f"    include = [{_quoted(include)}]",
            "  }",
            "",
        ]
    direct = ["  direct {", f"    exclude = [{_quoted(address)}]", "  }"] if blocks else ["  direct {}"]
    return "\n".join([*lines, *direct, "}", ""])


def _candidates(env: Mapping[str, str], add_on_roots: Iterable[str]) -> Iterator[tuple[Path, str]]:
    for text in _split(env.get(MIRROR_VARIABLE)):
        yield Path(text).expanduser(), MIRROR_VARIABLE
    for text in _configured(env, "filesystem_mirror", "path"):
        yield Path(text).expanduser(), "the operator's Terraform CLI configuration"
    home = Path(env["HOME"]) if env.get("HOME") else None
    shared = _split(env.get("XDG_DATA_DIRS")) or ["/usr/local/share", "/usr/share"]
    data = [Path(text) for text in [env.get("XDG_DATA_HOME") or (home and str(home / ".local/share")), *shared] if text]
    implied = [base / "terraform/plugins" for base in data]
    if home is not None:
        implied[:0] = [home / ".terraform.d/plugins", home / "Library/Application Support/io.terraform/plugins"]
    implied.append(Path("/Library/Application Support/io.terraform/plugins"))
    yield from ((path, "one of Terraform's implied directories") for path in implied)
    if env.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(env["TF_PLUGIN_CACHE_DIR"]).expanduser(), "TF_PLUGIN_CACHE_DIR"
    roots = [Path(text) for text in add_on_roots] + data
    if home is not None:
        roots.append(home / ".terraform.d")
    for root in dict.fromkeys(roots):
        for path in _laid_out_by_host(root):
            yield path, f"a provider tree below {root}"


def _laid_out_by_host(root: Path) -> Iterator[Path]:
    """Yield `root`, its children and what usual names there are in them, where REGISTRY is a directory inside."""
    if (root / REGISTRY).is_dir():
        yield root
    try:
        with os.scandir(root) as entries:
            # A system directory holds thousands of names; a directory is opened only where it can be a mirror.
            children = [entry.path for _, entry in zip(range(_MOST_CHILDREN), entries, strict=False) if entry.is_dir()]
    except OSError:
        return
    for child in sorted(children):
        if os.path.isdir(f"{child}/{REGISTRY}"):  # noqa: PTH112  (thousands of calls: strings are ten times as fast)
            yield Path(child)
        for name in _INNER_NAMES:
            if os.path.isdir(f"{child}/{name}/{REGISTRY}"):  # noqa: PTH112
                yield Path(child) / name


def _inspect(path: Path, origin: str, wanted: Wanted, platform: str) -> Mirror | None:
    provider = path / REGISTRY / wanted.source
    name = wanted.source.rpartition("/")[2]
    zipped = re.compile(rf"^terraform-provider-{re.escape(name)}_([^_]+)_{re.escape(platform)}\.zip$")
    unpacked: list[str] = []
    packed: list[str] = []
    try:
        with os.scandir(provider) as entries:
            for entry in entries:
                archive = zipped.match(entry.name)
                if archive is not None and archive[1] in wanted.accepted:
                    packed.append(archive[1])
                elif entry.name in wanted.accepted and _holds_program(Path(entry.path) / platform, name):
                    unpacked.append(entry.name)
    except OSError:
        return None
    if not unpacked and not packed:
        return None
    versions = sorted({*unpacked, *packed}, key=lambda text: parse_version(text) or (0, 0, 0), reverse=True)
    return Mirror(path, tuple(versions), not unpacked, origin)


def _holds_program(directory: Path, name: str) -> bool:
    return any(path.is_file() for path in directory.glob(f"terraform-provider-{name}*"))


def _configured(env: Mapping[str, str], block: str, key: str) -> list[str]:
    """Return the values of `key` in the operator's own CLI configuration; it may lack, and is never written."""
    named = env.get("TF_CLI_CONFIG_FILE")
    files = [Path(named)] if named else [Path(env["HOME"]) / ".terraformrc"] if env.get("HOME") else []
    values: list[str] = []
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        text = re.sub(r"(?m)^\s*(?:#|//).*$", "", text)
        for body in re.findall(rf"\b{block}\s*\{{([^{{}}]*)\}}", text):
            values += re.findall(rf'(?m)^\s*{key}\s*=\s*"([^"\n]*)"', body)
    return values


def _split(text: str | None) -> list[str]:
    return [part for part in (text or "").split(os.pathsep) if part]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


if __name__ == "__main__":
    sys.stdout.write(cli_config(find_mirrors()))
