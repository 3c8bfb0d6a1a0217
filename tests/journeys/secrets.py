"""Looks for a secret in everything below a folder: plain, base64 and URL forms, plans unpacked."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def forms(secret: str) -> set[bytes]:
    """Return the ways in which a secret may stand in a file."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), quote_plus(secret).encode(), json.dumps(secret)[1:-1].encode()}
    # Base64 of a text that holds the secret at any of three offsets: the part that does not depend on its neighbours.
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)
        found.add(encoded[4 if offset else 0 : -4])
        found.add(base64.urlsafe_b64encode(b"\0" * offset + raw)[4 if offset else 0 : -4])
    return {form for form in found if len(form) >= 6}


def where(secret: str, folder: Path, *, leave_out: tuple[str, ...] = ()) -> list[str]:
    """Return the places below `folder` that hold the secret; archives are opened, folders in `leave_out` are not."""
    wanted = forms(secret)
    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file() or path.is_symlink() or name.startswith(leave_out):
            continue
        for place, data in _contents(name, path.read_bytes()):
            if any(form in data for form in wanted):
                found.append(place)
    return found


def _contents(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for item in archive.namelist():
                yield from _contents(f"{name}!{item}", archive.read(item))
