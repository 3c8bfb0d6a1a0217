"""What the emulator lacks, one module per service, each with `install() -> None`.

A service's module is imported and installed when the first call for that service arrives, before the emulator
builds its routes. To extend another service, add a module and its line here.
"""

from importlib import import_module
from typing import Final

# The emulator's name of the service -> our module.
EXTENSIONS: Final = {"ec2": "ec2", "iam": "iam", "s3": "s3", "sts": "sts"}


def install(service: str) -> None:
    """Install what we add to a service; does nothing for one that we leave as it is."""
    module = EXTENSIONS.get(service)
    if module is not None:
        import_module(f"{__name__}.{module}").install()
