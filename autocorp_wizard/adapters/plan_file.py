"""A reviewed plan as a file: a page where its name ends in .md, else the document of `plan --json`."""

import json
from pathlib import Path

from autocorp_wizard.adapters.environment_store import write_atomically
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.plan_page import as_markdown


def write_plan(path: Path, plan: Plan, run: str) -> Path:
    """Write a plan and return where. Raises UsageError FILE-NOT-WRITTEN where nothing can be written there."""
    document: dict[str, Json] = {**plan.as_document(), "run": run}
    is_page = path.suffix.lower() in (".md", ".markdown")
    text = as_markdown(plan) if is_page else json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    target = path.expanduser().absolute()
    write_atomically(target, text)
    return target
