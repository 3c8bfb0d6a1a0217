#!/usr/bin/env python3
"""Writes docs/keys.md from the table of actions; a test compares the two."""

import sys
from pathlib import Path

from autocorp_wizard.tui.actions import ACTIONS, Action, key_name
from autocorp_wizard.tui.themes import THEMES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "keys.md"
_HEAD = """# Keys, themes and stillness

The wizard reads `preferences.yaml` in its home (`--home`, else `AUTOCORP_HOME`, else the platform's state directory):

```yaml
theme: {theme}          # one of {themes}
reduced_motion: true          # nothing moves by itself; TEXTUAL_ANIMATIONS=none does the same for once
keys:
  steps.plan: [F7, p]         # an action's id, and its keys as they are printed on a keyboard
  app.help: ctrl+g
```

A key that does something else on the same screen, or an id that does not exist, is refused before anything opens, with
the reason. `NO_COLOR` is honoured; every state is said in words. Every action is in the palette (`:`) too, and a click
away.

This page is written by `scripts/keys.py`.
"""
_PLACES = {
    "app": "Everywhere",
    "start": "Environments",
    "steps": "Steps of an environment",
    "preflight": "Preflight",
    "dashboard": "Dashboard",
    "manual": "Manual steps",
    "review": "Plan review",
    "run": "A run",
    "runs": "All runs",
}


def page() -> str:
    """Return the page as it should be."""
    parts = [_HEAD.format(theme=THEMES[2].name, themes=", ".join(theme.name for theme in THEMES))]
    for scope, title in _PLACES.items():
        rows = [_row(action) for action in ACTIONS if action.scope == scope]
        parts.append(f"\n## {title}\n\n| Keys | Id | What it does |\n| --- | --- | --- |\n" + "".join(rows))
    return "".join(parts)


def _row(action: Action) -> str:
    keys = " ".join(f"`{key_name(key)}`" for key in action.keys)
    return f"| {keys} | `{action.id}` | {action.help} |\n"


if __name__ == "__main__":
    PAGE.write_text(page())
    sys.stderr.write(f"{PAGE.name} is written.\n")
