"""One module per command; each holds its options, its help with an example, and what it does."""
