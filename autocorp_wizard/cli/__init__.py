"""The plain face: one module per command, built on the same engine as the screens."""
