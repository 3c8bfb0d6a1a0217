"""Writes the packets of a preflight: a file for each who applies what helps."""

from collections.abc import Sequence
from pathlib import Path

from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.preflight.packets import Packet


def write_packets(folder: Path, packets: Sequence[Packet]) -> list[Path]:
    """Write the packets into a folder, made if need be, and return the files. Raises PACKETS-UNWRITTEN."""
    target = folder.expanduser().absolute()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for each in packets:
            (target / each.name).write_text(each.text, "utf-8")
    except OSError as error:
        raise UsageError(
            "PACKETS-UNWRITTEN",
            f"The packets could not be written to {target}.",
            why=f"{error.strerror or error}.",
            next_step="Name another folder.",
        ) from error
    return [target / each.name for each in packets]
