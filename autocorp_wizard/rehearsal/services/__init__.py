"""What the emulator lacks, one module per service, each with `install() -> None`; `MISSING` may name actions to refuse.

A service's module is imported and installed when the first call for that service arrives, before the emulator
builds its routes. To extend another service, add a module and its line here.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from types import ModuleType

    from moto.core.base_backend import BackendDict, BaseBackend

Backend = TypeVar("Backend", bound="BaseBackend")

# The emulator's name of the service -> our module. Tags are looked up in EC2's own models.
EXTENSIONS: Final = {
    "athena": "athena",
    "budgets": "budgets",
    "cloudtrail": "cloudtrail",
    "cloudwatch": "cloudwatch",
    "datasync": "datasync",
    "dms": "dms",
    "ec2": "ec2",
    "events": "events",
    "glue": "glue",
    "iam": "iam",
    "resourcegroupstaggingapi": "ec2",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "sts": "sts",
}
_installed: set[str] = set()
_lock = Lock()


def install(service: str) -> None:
    """Install what we add to a service, once; does nothing for one that we leave as it is."""
    module = EXTENSIONS.get(service)
    with _lock:
        if module is not None and module not in _installed:
            import_module(f"{__name__}.{module}").install()
            _installed.add(module)


def replace_backend(backends: "BackendDict[Backend]", extended: type["Backend"]) -> None:
    """Let a service's new and remembered accounts make backends of our class, which derives from the stock one."""
    backends.backend = extended
    for account in backends.values():
        account.backend = extended


def is_missing(service: str, action: str) -> bool:
    """Say whether the emulator would answer an action it does not have as if it were another one."""
    module = EXTENSIONS.get(service)
    if module is None:
        return False
    return action in getattr(import_module(f"{__name__}.{module}"), "MISSING", ())


def alive() -> "Iterator[ModuleType]":
    """Yield our modules of the services that hold anything: those that were called, or remembered from before."""
    loaded = (module for service, module in EXTENSIONS.items() if f"moto.{service}.models" in sys.modules)
    for module in dict.fromkeys(loaded):
        yield import_module(f"{__name__}.{module}")
