"""The control interface: faults, foreign buckets, the pretend agent, the pace, saving.

Opened by a word that only the home's owner can read.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from wsgiref.types import WSGIEnvironment

from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.rehearsal import ownership, pace
from autocorp_wizard.rehearsal.address import FOREIGN_ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.call import buffer_body
from autocorp_wizard.rehearsal.errorbody import Answer
from autocorp_wizard.rehearsal.faultrules import FaultBook, FaultRule
from autocorp_wizard.rehearsal.gate import Gate

CONTROL_PREFIX: Final = "/_rehearsal/"
TOKEN_HEADER: Final = "X-Rehearsal-Token"  # noqa: S105
_BODY_LIMIT: Final = 64 * 1024


def no_agent(what: str, document: dict[str, object]) -> dict[str, object]:
    """Say that there is no pretend agent here."""
    del what, document
    raise UsageError("AGENT-NONE", "This cloud has no pretend agent.")


@dataclass(frozen=True, slots=True)
class Control:
    """Answers below `/_rehearsal/`. `health` needs no word and tells `instance`, which is not guessable."""

    token: str
    instance: str
    faults: FaultBook
    gate: Gate
    save: Callable[[], None]
    changed: Callable[[], None]
    has_unsaved: Callable[[], bool]
    agent: Callable[[str, dict[str, object]], dict[str, object]] = no_agent

    def answer(self, environ: WSGIEnvironment) -> Answer:
        """Answer one control request; errors are JSON objects with `error`."""
        what = str(environ.get("PATH_INFO", "")).removeprefix(CONTROL_PREFIX)
        method = str(environ.get("REQUEST_METHOD", "GET"))
        if (method, what) == ("GET", "health"):
            return _json(200, {"instance": self.instance})
        given = str(environ.get("HTTP_X_REHEARSAL_TOKEN", ""))
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            return _json(403, {"error": "the control word is wrong"})
        try:
            return self._act(method, what, environ)
        except UsageError as error:
            return _json(400, {"error": str(error), **error.as_document()})
        except ValueError as error:
            return _json(409, {"error": str(error)})

    def _act(self, method: str, what: str, environ: WSGIEnvironment) -> Answer:
        name, _, rest = what.partition("/")
        status, document = 200, dict[str, object]()
        match (method, name):
            case ("GET", "faults"):
                document = {"faults": self.faults.as_documents()}
            case ("POST", "faults"):
                document = {"id": self.faults.add(FaultRule.from_document(_body(environ)))}
            case ("DELETE", "faults"):
                document = {"cleared": self.faults.clear(int(rest) if rest else None)}
            case ("POST", "foreign-buckets"):
                document = self._give_away(_body(environ))
            case ("GET" | "POST", "agent"):
                document = self.agent(rest if method == "POST" else "", _body(environ) if method == "POST" else {})
            case ("GET", "speed"):
                document = {"speed": pace.speed()}
            case ("POST", "speed"):
                document = self._set_pace(_body(environ))
            case ("GET", "status"):
                document = {"unsaved": self.has_unsaved()}
            case ("POST", "save"):
                self.save()
            case _:
                status, document = 404, {"error": f"there is no {method} {what}"}
        return _json(status, document)

    def _set_pace(self, document: dict[str, object]) -> dict[str, object]:
        pace.set_speed(pace.checked(document.get("speed")))
        return {"speed": pace.speed()}

    def _give_away(self, document: dict[str, object]) -> dict[str, object]:
        owner = str(document.get("account_id", FOREIGN_ACCOUNT_ID))
        with self.gate.together():
            ownership.give_away(str(document.get("name", "")), owner, REGION)
        self.changed()
        return {"account_id": owner}


def _body(environ: WSGIEnvironment) -> dict[str, object]:
    try:
        document = json.loads(buffer_body(environ, _BODY_LIMIT) or b"{}")
    except ValueError as cause:
        raise UsageError("CONTROL-BODY", "The request holds no JSON object.", why=f"{cause}.") from cause
    if not isinstance(document, dict):
        raise UsageError("CONTROL-BODY", "The request holds no JSON object.")
    return document


def _json(status: int, document: dict[str, object]) -> Answer:
    body = json.dumps(document).encode()
    return Answer(status, (("Content-Type", "application/json"),), body)
