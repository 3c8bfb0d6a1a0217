"""What changes things: bootstrap, plan, apply, destroy, recovery, and the runner that owns a run."""
