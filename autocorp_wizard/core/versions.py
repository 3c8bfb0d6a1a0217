"""Version numbers and the ranges we accept: of Terraform, of the provider. Pre-releases count as what they precede."""

import platform
import re
from dataclasses import dataclass
from typing import TypeAlias

Numbers: TypeAlias = tuple[int, int, int]

_VERSION = re.compile(r"^v?(\d+)\.(\d+)(?:\.(\d+))?(?:[-+].*)?$")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A half-open range: `low` is accepted, `below` is not."""

    low: Numbers
    below: Numbers

    def __contains__(self, version: object) -> bool:
        numbers = parse_version(version) if isinstance(version, str) else None
        return numbers is not None and self.low <= numbers < self.below

    def __str__(self) -> str:
        return f">= {_text(self.low)}, < {_text(self.below)}"


# The tree uses write-only attributes and cross-variable validations, which came with 1.11.
TERRAFORM = Accepted((1, 11, 0), (2, 0, 0))
AWS_PROVIDER = Accepted((5, 100, 0), (6, 0, 0))


def parse_version(text: str) -> Numbers | None:
    """Return `1.11.4` (or `v1.11`, `1.12.0-rc1`) as three numbers, None for anything else."""
    found = _VERSION.match(text.strip())
    return None if found is None else (int(found[1]), int(found[2]), int(found[3] or 0))


def terraform_platform(system: str | None = None, machine: str | None = None) -> str:
    """Return this machine in Terraform's words: `linux_amd64`, `darwin_arm64`."""
    name = (system or platform.system()).lower()
    cpu = (machine or platform.machine()).lower()
    return f"{name}_{ {'x86_64': 'amd64', 'aarch64': 'arm64', 'i686': '386', 'armv7l': 'arm'}.get(cpu, cpu) }"


def _text(numbers: Numbers) -> str:
    return ".".join(str(number) for number in numbers)
