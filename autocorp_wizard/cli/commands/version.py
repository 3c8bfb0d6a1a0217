"""`version`: the wizard's version, and with --json what it reads, writes and works with."""

import platform
from importlib.metadata import PackageNotFoundError, version

import click

from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.environment import FILE_VERSION
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import JOURNAL_VERSION, Json


@click.command("version", cls=WizardCommand, example="autocorp-wizard version --json")
@pass_settings
def command(settings: Settings) -> None:
    """Print the versions of the wizard and of what it works with."""
    wizard = _installed("autocorp-wizard")
    terraform = _terraform(settings)
    document: dict[str, Json] = {
        "schema": "autocorp-wizard/version/1",
        "wizard": wizard,
        "python": platform.python_version(),
        "platform": f"{platform.system().lower()}-{platform.machine()}",
        "terraform": terraform,
        "emulator": _installed("moto"),
        "journal_format": JOURNAL_VERSION,
        "environment_format": FILE_VERSION,
        "home": str(settings.home.root),
    }
    settings.console.document(document)
    settings.console.result(f"autocorp-wizard {wizard}")
    found = f"{terraform['version']} ({terraform['path']})" if terraform else "not found"
    settings.console.result(f"terraform {found}")
    settings.console.result(f"python {platform.python_version()}")


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _terraform(settings: Settings) -> dict[str, Json] | None:
    from autocorp_wizard.adapters.terraform_binary import find_terraform

    try:
        binary = find_terraform(settings.home.cache)
    except WizardError:
        return None
    return {"path": str(binary.path), "version": str(binary.version)}
