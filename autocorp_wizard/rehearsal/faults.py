"""The client of a running cloud's control interface: faults, foreign buckets, the pretend agent, the pace, saving."""

import json
import ssl
import time
import urllib.error
import urllib.request
from typing import Final

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal.address import FOREIGN_ACCOUNT_ID, CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.control import CONTROL_PREFIX, TOKEN_HEADER
from autocorp_wizard.rehearsal.faultrules import FaultRule

_TIMEOUT_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.05


class CloudControl:
    """Talks to the cloud that runs now; every method raises WizardError if none does, or if it refuses."""

    def __init__(self, cloud: RehearsalCloud) -> None:
        self._cloud = cloud

    def faults(self) -> list[dict[str, object]]:
        """Return the rules in force, each with `id`, how many calls it `seen` and how many it `hit`."""
        found = self._ask("GET", "faults")["faults"]
        return [dict(rule) for rule in found] if isinstance(found, list) else []

    def add_fault(self, rule: FaultRule) -> int:
        """Put a rule in force and return its number."""
        return int(str(self._ask("POST", "faults", rule.as_document())["id"]))

    def clear_faults(self, number: int | None = None) -> int:
        """Lift one rule, or all; returns how many were lifted."""
        path = "faults" if number is None else f"faults/{number}"
        return int(str(self._ask("DELETE", path)["cleared"]))

    def create_foreign_bucket(self, name: str, *, account_id: str = FOREIGN_ACCOUNT_ID) -> None:
        """Let a bucket of that name belong to another account."""
        self._ask("POST", "foreign-buckets", {"name": name, "account_id": account_id})

    def agent(self) -> dict[str, object]:
        """Return how the pretend agent's present machine is: number, state, mode, trouble, whether it listens."""
        return self._ask("GET", "agent")

    def set_agent(self, **knobs: str | float) -> dict[str, object]:
        """Turn knobs of the pretend agent's machine; returns how it is afterwards.

        `mode` basic or enhanced; `trouble` none, egress-blocked, endpoint-unreachable, garbage, captive-portal or
        hang; `boot_seconds` for which nothing answers; `key_age_seconds` by which the present key is older;
        `key_region` in place of the one that was asked for.
        """
        return self._ask("POST", "agent/set", dict(knobs))

    def unplug_agent(self) -> dict[str, object]:
        """Switch the machine off."""
        return self._ask("POST", "agent/unplug", {})

    def plug_agent(self) -> dict[str, object]:
        """Switch the machine on again."""
        return self._ask("POST", "agent/plug", {})

    def fresh_agent(self) -> dict[str, object]:
        """Put a new machine, not activated yet, under the agent's address; the one before goes on elsewhere."""
        return self._ask("POST", "agent/fresh", {})

    def speed(self) -> float:
        """Return how many times as fast as on AWS things happen."""
        return float(str(self._ask("GET", "speed")["speed"]))

    def set_speed(self, factor: float) -> float:
        """Let what begins from now on happen `factor` times as fast; remembered. Raises SPEED-REFUSED."""
        return float(str(self._ask("POST", "speed", {"speed": factor})["speed"]))

    def save(self) -> None:
        """Have everything written to disk now."""
        self._ask("POST", "save")

    def wait_until_saved(self, seconds: float = 30.0) -> None:
        """Wait until the cloud has saved its changes by itself; raises WizardError if it does not in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._ask("GET", "status")["unsaved"] is False:
                return
            time.sleep(_POLL_SECONDS)
        raise WizardError(
            "REHEARSAL-SAVE",
            "The rehearsal cloud did not save its state.",
            why=f"There were unsaved changes for {seconds:.0f} s.",
            next_step="Look into its log for a full disk.",
        )

    def _ask(self, method: str, what: str, document: object = None) -> dict[str, object]:
        address = self._cloud.find()
        if address is None:
            raise WizardError(
                "REHEARSAL-NOT-RUNNING",
                "No rehearsal cloud is running.",
                next_step="Start one with `autocorp-wizard rehearse`.",
            )
        body = None if document is None else json.dumps(document).encode()
        headers = {TOKEN_HEADER: self._cloud.control_token(), "Content-Type": "application/json"}
        url = f"{address.endpoint_url}{CONTROL_PREFIX}{what}"
        request = urllib.request.Request(url, data=body, method=method, headers=headers)  # noqa: S310
        try:
            with _opener(address).open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return _object(answer.read())
        except urllib.error.HTTPError as refused:
            told = _object(refused.read())
            raise WizardError(
                str(told.get("code", "REHEARSAL-CONTROL")),
                str(told.get("what", "The rehearsal cloud refused.")),
                why=str(told.get("why", told.get("error", ""))),
                next_step=str(told.get("next_step", "")),
            ) from refused
        except (OSError, ValueError) as cause:
            raise WizardError(
                "REHEARSAL-CONTROL",
                "The rehearsal cloud does not answer.",
                why=f"{type(cause).__name__}: {cause}.",
                next_step="Start it again with `autocorp-wizard rehearse`.",
            ) from cause


def _opener(address: CloudAddress) -> urllib.request.OpenerDirector:
    # No proxy of the operator's stands between us and the loopback interface.
    context = ssl.create_default_context(cafile=str(address.ca_bundle))
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))


def _object(text: bytes) -> dict[str, object]:
    found = json.loads(text or b"{}")
    return found if isinstance(found, dict) else {}
