"""Contrast, computed from what is drawn: every theme on every screen, text against what lies behind it.

The formula is that of WCAG 2.1: 4.5 to 1 for text; 7 to 1 in the theme of high contrast. What is drawn in the
terminal's own colours has no contrast of ours; there, nothing may be drawn in any other.
"""

from collections.abc import Iterator

import pytest
from rich.cells import cell_len
from rich.color import ColorType
from rich.style import Style
from textual.color import Color
from textual.command import CommandPalette
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.theme import Theme

from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.themes import ANSI, DARK, HIGH_CONTRAST, LIGHT
from tests.tui.driving import settle
from tests.tui.tour import PLACES, Place, at, opened

LEAST = {DARK.name: 4.5, LIGHT.name: 4.5, HIGH_CONTRAST.name: 7.0}
# Borders, bars and scroll bars are no text; what they part is told by words too. The lens is drawn in its own colours.
SHAPES = set("🔎─│╭╮╰╯━┃┏┓┗┛▔▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▐░▒▓╸╺┌┐└┘├┤▕ ")


def drawn(app: WizardApp) -> Iterator[tuple[str, Style]]:
    """Yield every text on the screen with its style; what lies faded behind a dialog is not to be read."""
    front = _front(app)
    for y, strip in enumerate(app.screen._compositor.render_strips(app.size)):  # the only way to the composed screen
        x = 0
        for text, style, control in strip:
            if control:
                continue
            if style is not None and set(text) - SHAPES and any(each.contains(x, y) for each in front):
                yield text, style
            x += cell_len(text)


def _front(app: WizardApp) -> list[Region]:
    """Return where the screen can be read: all of it, or what a dialog or the palette puts over it."""
    screen = app.screen
    if not isinstance(screen, ModalScreen):
        return [screen.region]
    widgets = screen.query("#--input, #--results") if isinstance(screen, CommandPalette) else screen.query("#box")
    return [widget.region for widget in widgets if widget.display]


def ratio(style: Style) -> float:
    """Return the contrast of a style in true colours, from 1 to 21."""
    front, behind = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
    if style.reverse:
        front, behind = behind, front
    lighter, darker = sorted((_luminance(front), _luminance(behind)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    """Return the relative luminance of a colour, from 0 to 1, as WCAG 2.1 defines it."""
    parts = (each / 255 for each in colour.rgb)
    linear = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_formula_is_the_one_of_the_guidelines() -> None:
    assert ratio(Style(color="#ffffff", bgcolor="#000000")) == pytest.approx(21)
    assert ratio(Style(color="#777777", bgcolor="#ffffff")) == pytest.approx(4.48, abs=0.01)
    assert ratio(Style(color="#ffffff", bgcolor="#ffffff", reverse=True)) == pytest.approx(1)


def too_faint(app: WizardApp, least: float) -> dict[str, float]:
    """Return the texts on the screen whose contrast is less, with it; dimmed text counts as none."""
    found: dict[str, float] = {}
    for text, style in drawn(app):
        value = 0.0 if style.dim else ratio(style) if style.color and style.bgcolor else 21.0
        if value < least:
            found[text.strip()] = round(value, 2)
    return found


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_every_text_stands_out_in_every_theme_of_true_colours(place: Place) -> None:
    app = opened(place)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(place, pilot)
        for theme in (DARK, LIGHT, HIGH_CONTRAST):
            app.theme = theme.name
            await settle(pilot, lambda theme=theme: app.current_theme is theme)
            assert too_faint(app, LEAST[theme.name]) == {}, f"{place.name} in {theme.name}"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_the_terminals_own_theme_draws_in_the_terminals_own_colours(place: Place) -> None:
    app = opened(place)
    async with app.run_test(size=(100, 30)) as pilot:
        app.theme = ANSI.name
        await at(place, pilot)
        assert [(text, str(style)) for text, style in drawn(app) if not _own_colours(style)] == []


def _own_colours(style: Style) -> bool:
    """Whether a style uses the terminal's own colours only, and tells text from what is behind it."""
    types = {colour.type for colour in (style.color, style.bgcolor) if colour is not None}
    return types <= {ColorType.DEFAULT, ColorType.STANDARD} and (
        style.color is None or style.color.is_default or style.color != style.bgcolor
    )


async def test_the_test_finds_a_text_that_is_too_faint() -> None:
    """The planted control: the same theme with one colour a little too near to what lies behind it."""
    place = next(each for each in PLACES if each.name == "start")
    app = opened(place)
    faint = Theme(
        **{**_fields(DARK), "name": "faint", "surface": "#1a2129", "variables": {**DARK.variables, "muted": "#5c6670"}}
    )
    app.register_theme(faint)
    async with app.run_test(size=(100, 30)) as pilot:
        await at(place, pilot)
        app.theme = faint.name
        await settle(pilot, lambda: app.current_theme is faint)
        assert too_faint(app, 4.5)


def _fields(theme: Theme) -> dict[str, object]:
    return {name: getattr(theme, name) for name in theme.__dataclass_fields__}
