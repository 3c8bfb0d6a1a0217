"""The rehearsal cloud's address in the words of a shell, so that any AWS client can look around in it."""

import shlex
from typing import Final

from autocorp_wizard.rehearsal.address import CloudAddress

# Any of them, a profile or an endpoint of one service, would lead an SDK elsewhere even with ours set.
_UNSET_ALL: Final = r"unset $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p')"


def shell_exports(address: CloudAddress) -> str:
    """Return lines for `eval` in a POSIX shell; they first unset every other AWS_* variable."""
    lines = [_UNSET_ALL]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in address.environment().items()]
    lines += [f'export {name}="${{{name}:+${name},}}127.0.0.1,localhost"' for name in ("NO_PROXY", "no_proxy")]
    return "\n".join(lines) + "\n"


def as_document(address: CloudAddress) -> dict[str, str | int | dict[str, str]]:
    """Return the same for `--json`: the variables and the facts behind them."""
    return {
        "schema": "autocorp-wizard/rehearse-exports/1",
        "endpoint_url": address.endpoint_url,
        "region": address.region,
        "account_id": address.account_id,
        "ca_bundle": str(address.ca_bundle),
        "truststore": str(address.truststore),
        "pid": address.pid,
        "environment": address.environment(),
        "unset_prefix": "AWS_",
    }
