"""Long lines are broken so that nothing is out of reach."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from autocorp_wizard.tui.wrapping import wrap

PARTS = st.lists(
    st.tuples(st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=60), st.just("")), max_size=4
)


@given(PARTS, st.integers(10, 80))
def test_no_line_is_wider_than_the_room_and_no_letter_is_lost(parts: list[tuple[str, str]], room: int) -> None:
    lines = wrap(tuple(parts), room)
    assert all(sum(cell_len(text) for text, _ in line) <= room for line in lines)
    before = "".join("".join(text.split()) for text, _ in parts)
    assert "".join("".join(text.split()) for line in lines for text, _ in line) == before


def test_a_line_is_broken_at_a_blank() -> None:
    assert wrap((("the quick brown fox", "bold"),), 12) == [
        (("the quick", "bold"),),
        (("  ", ""), ("brown fox", "bold")),
    ]
