"""The environment that Terraform is started with: built from an allow-list, never inherited whole (decisions.md 9).

What the operator has exported for other work (another profile, TF_LOG, TF_CLI_ARGS, a workspace) cannot reach a run.
"""

from collections.abc import Mapping
from pathlib import Path

from autocorp_wizard.core.errors import WizardError

# What any program needs to run here, and what a company's network needs to be passed.
INHERITED: tuple[str, ...] = (
    "PATH",
    "HOME",
    "TMPDIR",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)


def terraform_environment(
    base: Mapping[str, str],
    cloud: Mapping[str, str],
    *,
    cli_config: Path,
    data_dir: Path,
    secrets: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the whole environment for a Terraform process.

    `base` is the wizard's own environment, of which only INHERITED survives; `cloud` is what the resolved identity
    gives (credentials, region, endpoints, CA bundle) and wins; `secrets` maps Terraform variable names to values.
    Raises WizardError where `cloud` tries to steer Terraform itself: that is a fault of ours.
    """
    steering = sorted(name for name in cloud if name.startswith("TF_"))
    if steering:
        raise WizardError(
            "ENVIRONMENT-STEERED",
            f"The cloud's environment holds {', '.join(steering)}, which belongs to the Terraform adapter alone.",
        )
    result = {name: base[name] for name in INHERITED if name in base}
    result.update(cloud)
    result.update(
        {
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            "TF_DATA_DIR": str(data_dir),
            "TF_CLI_CONFIG_FILE": str(cli_config),
        }
    )
    result.update({f"TF_VAR_{name}": value for name, value in (secrets or {}).items()})
    return result
