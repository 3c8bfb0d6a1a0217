"""Our themes. Screens use their tokens only; no colour is written anywhere else.

`muted` is what matters less, `edge` a border that only parts. Text has a contrast of 4.5 to 1 on what lies behind it in
the dark and the light theme and of 7 to 1 in the one of high contrast; a test computes it from what is drawn. The last
theme takes the terminal's own sixteen colours.
"""

from typing import Final

from textual.theme import Theme


def _tokens(
    *, accent: str, muted: str, edge: str, front: str, cursor: str, cursor_style: str, chosen: str
) -> dict[str, str]:
    """Return the variables of a theme: our own tokens, and those of Textual's that would be too faint.

    `cursor` lies behind the line that one stands on, drawn in `cursor_style`, `chosen` behind a text that is selected.
    """
    return {
        "footer-key-foreground": accent,
        "muted": muted,
        "edge": edge,
        "text-disabled": muted,
        "block-cursor-foreground": front,
        "block-cursor-background": cursor,
        "block-cursor-text-style": cursor_style,
        "block-cursor-blurred-foreground": front,
        "block-cursor-blurred-background": cursor,
        "block-cursor-blurred-text-style": cursor_style,
        "input-selection-foreground": front,
        "input-selection-background": chosen,
        "screen-selection-foreground": front,
        "screen-selection-background": chosen,
    }


DARK: Final = Theme(
    name="dark",
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
    variables=_tokens(
        accent="#f2b84b",
        muted="#a9b5c0",
        edge="#3a4652",
        front="#ffffff",
        cursor="#26323d",
        cursor_style="bold",
        chosen="#2f4f6b",
    ),
)

LIGHT: Final = Theme(
    name="light",
    primary="#1b6a96",
    secondary="#3f6b80",
    accent="#7d5200",
    warning="#7d5200",
    error="#b3202c",
    success="#1a6b30",
    foreground="#1b2126",
    background="#f6f7f8",
    surface="#eceff1",
    panel="#dde3e7",
    dark=False,
    variables=_tokens(
        accent="#7d5200",
        muted="#4d5963",
        edge="#b5c0c8",
        front="#000000",
        cursor="#cfdce5",
        cursor_style="bold",
        chosen="#b9d4e6",
    ),
)

HIGH_CONTRAST: Final = Theme(
    name="high-contrast",
    primary="#8fd6ff",
    secondary="#8fd6ff",
    accent="#ffd84d",
    warning="#ffd84d",
    error="#ffa6a6",
    success="#8dffaa",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    dark=True,
    variables=_tokens(
        accent="#ffd84d",
        muted="#d0d0d0",
        edge="#9a9a9a",
        front="#ffffff",
        cursor="#000000",
        cursor_style="bold reverse",
        chosen="#004a7a",
    ),
)

ANSI: Final = Theme(
    name="ansi",
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_yellow",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    dark=True,
    ansi=True,
    variables=_tokens(
        accent="ansi_yellow",
        muted="ansi_default",
        edge="ansi_default",
        front="ansi_default",
        cursor="ansi_default",
        cursor_style="bold reverse",
        chosen="ansi_blue",
    )
    | {
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "border-blurred": "ansi_default",
        "input-cursor-background": "ansi_white",
        "input-cursor-foreground": "ansi_black",
        "input-cursor-text-style": "none",
    },
)

THEMES: Final = (DARK, LIGHT, HIGH_CONTRAST, ANSI)


def theme_after(name: str) -> str:
    """Return the name of the theme that comes after one; the first after the last."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
