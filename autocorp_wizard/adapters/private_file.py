"""Files that a crash leaves whole: the old content or the new, never half of either."""

import contextlib
import os
import tempfile
from pathlib import Path


def replace_file(path: Path, content: bytes | str, mode: int = 0o600) -> None:
    """Replace `path` by `content` (text as UTF-8) by way of a neighbour that is renamed once it is safe on disk.

    Raises OSError, also where the folder is missing; the old file stays and no neighbour is left.
    """
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(mode)
        Path(draft).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(draft).unlink()
        raise
