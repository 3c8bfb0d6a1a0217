"""Where the source's password comes from: a hidden prompt, stdin, a descriptor, a variable; never an argument."""

from collections.abc import Mapping

from autocorp_wizard.core.environment import Environment


def from_environment(environment: Environment, environ: Mapping[str, str]) -> str:
    """Return the password that PGPASSWORD tells, or nothing."""
    return "" if environment.source_is_built_in else environ.get("PGPASSWORD", "")
