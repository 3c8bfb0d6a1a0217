"""Pictures: what five screens look like at three sizes in three themes, compared as SVG.

After a wanted change draw them again with `UPDATE_PICTURES=1 pytest tests/tui/test_pictures.py` and look at them. Where
a picture differs, the words that changed are told; the new one lies beside the old one as `.new.svg`.
"""

import difflib
import html
import os
import re
from pathlib import Path

import pytest

from autocorp_wizard.tui.themes import DARK, HIGH_CONTRAST, LIGHT
from tests.tui.driving import settle
from tests.tui.tour import PLACES, Place, at, opened

FOLDER = Path(__file__).parent / "pictures"
LOOKS = (((80, 24), DARK.name), ((100, 30), LIGHT.name), ((160, 48), HIGH_CONTRAST.name))
SHOWN = ("start", "phase", "production review", "failed run", "dashboard")
_TEXT = re.compile(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', re.DOTALL)


def words_of(svg: str) -> list[str]:
    """Return the rows of text in a picture."""
    rows: dict[float, list[tuple[float, str]]] = {}
    for x, y, text in _TEXT.findall(svg):
        rows.setdefault(float(y), []).append((float(x), html.unescape(text).replace("\xa0", " ")))
    return ["".join(text for _, text in sorted(row)) for _, row in sorted(rows.items())]


def differences(before: str, after: str) -> str:
    """Return what differs: the rows of words, or that only the looks do."""
    rows = list(difflib.unified_diff(words_of(before), words_of(after), "as it was", "as it is", lineterm="", n=0))
    return "\n".join(rows) or "the words are the same; colours, weights or places are not"


@pytest.mark.slow
@pytest.mark.parametrize(("size", "theme"), LOOKS, ids=lambda value: value if isinstance(value, str) else str(value[0]))
@pytest.mark.parametrize("place", [each for each in PLACES if each.name in SHOWN], ids=lambda place: place.name)
async def test_a_screen_looks_as_it_did(place: Place, size: tuple[int, int], theme: str) -> None:
    path = FOLDER / f"{place.name.replace(' ', '-')}-{size[0]}x{size[1]}-{theme}.svg"
    app = opened(place)
    async with app.run_test(size=size, notifications=False) as pilot:
        app.theme = theme
        await at(place, pilot)
        drawn = ""

        def is_still() -> bool:
            nonlocal drawn
            before, drawn = drawn, app.export_screenshot(title=place.name)
            return before == drawn

        await settle(pilot, is_still)
    if os.environ.get("UPDATE_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(drawn)
    known = path.read_text()
    if known != drawn:
        path.with_suffix(".new.svg").write_text(drawn)
        pytest.fail(f"{path.name} looks different:\n{differences(known, drawn)}")


def test_a_difference_is_told_in_words() -> None:
    """The planted fault: a picture with one word changed, and one with one colour changed."""
    known = (FOLDER / f"start-80x24-{DARK.name}.svg").read_text()
    assert "Environmants" in differences(known, known.replace("Environments", "Environmants"))
    assert "colours" in differences(known, known.replace("#12171c", "#12171d"))
