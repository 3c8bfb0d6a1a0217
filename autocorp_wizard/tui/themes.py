"""Our two themes. Screens use their tokens only; no colour is written anywhere else."""

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="autocorp-dark",
    primary="#5fa8d3",
    secondary="#8fb8ca",
    accent="#f2b84b",
    warning="#f2b84b",
    error="#f0757e",
    success="#7ecf8f",
    foreground="#e6e9ec",
    background="#12171c",
    surface="#1a2128",
    panel="#242d36",
    dark=True,
    variables={"footer-key-foreground": "#f2b84b"},
)

LIGHT: Final = Theme(
    name="autocorp-light",
    primary="#1b6a96",
    secondary="#3f6b80",
    accent="#8a5a00",
    warning="#8a5a00",
    error="#b3202c",
    success="#1f7a37",
    foreground="#1b2126",
    background="#f6f7f8",
    surface="#eceff1",
    panel="#dde3e7",
    dark=False,
    variables={"footer-key-foreground": "#8a5a00"},
)

THEMES: Final = (DARK, LIGHT)
