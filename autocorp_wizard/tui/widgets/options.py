"""Renewing a list of options without losing the reader's place."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

# Entries of this mark are headings: shown, never chosen.
HEADING = "+"


def chosen_id(view: OptionList) -> str:
    """Return the id of the option that the reader is at; empty where there is none."""
    return "" if view.highlighted is None else view.get_option_at_index(view.highlighted).id or ""


def fill(view: OptionList, entries: Sequence[tuple[str, Content]], *, first: str = "") -> None:
    """Show (id, words) pairs; what was chosen stays chosen where it is still there, else the first that can be.

    `first` is the id to begin with, where nothing was chosen yet.
    """
    chosen = chosen_id(view) or first
    names = [name for name, _ in entries]
    if names == [option.id for option in view.options]:
        for index, (_, content) in enumerate(entries):
            view.replace_option_prompt_at_index(index, content)
        return
    view.clear_options()
    view.add_options([Option(content, id=name, disabled=name.startswith(HEADING)) for name, content in entries])
    begin = next((index for index, name in enumerate(names) if not name.startswith(HEADING)), None)
    view.highlighted = names.index(chosen) if chosen in names else begin
