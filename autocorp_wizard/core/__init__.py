"""What is true: values and pure functions. Imports no UI, no SDK, no subprocess."""
