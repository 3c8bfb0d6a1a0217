"""Who is at the keyboard."""

import getpass
import os


def who() -> str:
    """Return who is at the keyboard, as user@host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{os.uname().nodename}"
