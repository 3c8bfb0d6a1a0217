"""The preflight checks, one module per subject."""
