"""Terraform's machine-readable stream, one line at a time, as our events. Nothing else reads that stream.

Unknown types are shown by their message, unknown fields are ignored, an unknown major version is refused. The caller
redacts (core/redaction.py); values that a diagnostic quotes from variables are dropped here already.
"""

import json
import re
from collections.abc import Mapping
from typing import TypeAlias, cast

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import WizardError

Document: TypeAlias = Mapping[str, ev.Json]

UI_MAJOR = "1"

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# The plan as data says more about these than the stream does; what is shown twice is not read.
_SILENT = frozenset({"planned_change", "refresh_start"})
_QUIET = frozenset({"refresh_complete", "resource_drift"})


def read_line(line: str) -> tuple[ev.Event, ...]:
    """Return the events of one line of `init`, `plan` or `apply -json`; none for an empty line and for repetitions.

    Raises WizardError TERRAFORM-STREAM-UNKNOWN for a stream of another major version.
    """
    text = _ANSI.sub("", line).strip()
    if not text:
        return ()
    document = _object(text)
    if document is None:
        return (ev.LogWritten(text=text),)
    kind = _text(document, "type")
    if kind in _SILENT:
        return ()
    if kind == "outputs":
        return _outputs(document)
    event = _hook(kind, document) or _report(kind, document)
    return (event,) if event is not None else _message(document, quiet=kind in _QUIET)


def emergency_state(line: str) -> str | None:
    """Return the state that Terraform dumps into its stream when it can save it nowhere else, as JSON text.

    It holds secrets: it goes into a private file for `state push` and nowhere else.
    """
    document = _object(line.strip()) if '"state"' in line else None
    if document is None or "type" not in document or "@message" not in document:
        return None
    state = document.get("state")
    if isinstance(state, str):
        return state if _object(state) is not None else None
    return json.dumps(state) if isinstance(state, dict) and "lineage" in state else None


def _hook(kind: str, document: Document) -> ev.Event | None:
    hook = _mapping(document, "hook")
    resource = _mapping(hook, "resource")
    address, action, of_type = _text(resource, "addr"), _text(hook, "action"), _text(resource, "resource_type")
    seconds = _number(hook, "elapsed_seconds")
    key, value = _text(hook, "id_key"), _text(hook, "id_value")
    match kind:
        case "apply_start":
            return ev.ResourceStarted(address=address, action=action, resource_type=of_type, id_key=key, id_value=value)
        case "apply_progress":
            return ev.ResourceProgressed(address=address, action=action, seconds=seconds)
        case "apply_complete":
            return ev.ResourceFinished(
                address=address, action=action, resource_type=of_type, id_key=key, id_value=value, seconds=seconds
            )
        case "apply_errored":
            return ev.ResourceFailed(address=address, action=action, resource_type=of_type, seconds=seconds)
        case _:
            return None


def _report(kind: str, document: Document) -> ev.Event | None:
    if kind == "version":
        return _version(document)
    if kind == "diagnostic":
        return _diagnostic(_mapping(document, "diagnostic"))
    if kind == "change_summary":
        changes = _mapping(document, "changes")
        return ev.SummaryReported(
            operation=_text(changes, "operation"),
            add=int(_number(changes, "add")),
            change=int(_number(changes, "change")),
            remove=int(_number(changes, "remove")),
            import_=int(_number(changes, "import")),
        )
    return None


def _version(document: Document) -> ev.Event:
    ui = _text(document, "ui")
    if ui.split(".", 1)[0] != UI_MAJOR:
        raise WizardError(
            "TERRAFORM-STREAM-UNKNOWN",
            f"Terraform {_text(document, 'terraform')} prints its stream in version {ui or 'unknown'}; "
            f"this wizard reads version {UI_MAJOR}.",
            why="What another version says could be misread, so nothing is made of it.",
            next_step="Upgrade autocorp-wizard, or use the Terraform release that it installs.",
        )
    return ev.LogWritten(text=_text(document, "@message"))


def _diagnostic(diagnostic: Document) -> ev.Event:
    detail = _text(diagnostic, "detail")
    place = _mapping(diagnostic, "range")
    if place:
        where = f"{_text(place, 'filename')} line {int(_number(_mapping(place, 'start'), 'line'))}"
        detail = f"{detail}\n({where})" if detail else f"({where})"
    return ev.DiagnosticReported(
        severity=_text(diagnostic, "severity"),
        summary=_text(diagnostic, "summary"),
        detail=detail,
        address=_text(diagnostic, "address"),
    )


def _outputs(document: Document) -> tuple[ev.Event, ...]:
    known: dict[str, str] = {}
    for name, output in _mapping(document, "outputs").items():
        if isinstance(output, dict) and "value" in output and output.get("sensitive") is not True:
            known[name] = json.dumps(output["value"], ensure_ascii=False)
    # While planning, outputs have an action and no value yet.
    return (ev.OutputsReported(outputs=known),) if known else ()


def _message(document: Document, *, quiet: bool) -> tuple[ev.Event, ...]:
    text = _ANSI.sub("", _text(document, "@message")).strip()
    level = "debug" if quiet else _text(document, "@level") or "info"
    return (ev.LogWritten(text=text, level=level),) if text else ()


def _object(text: str) -> Document | None:
    if not text.startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return cast("Document", document) if isinstance(document, dict) else None


def _mapping(document: Document, key: str) -> Document:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _text(document: Document, key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""


def _number(document: Document, key: str) -> float:
    value = document.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
