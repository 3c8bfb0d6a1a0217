"""The screens. Each composes and renders; what it wants done goes through the session."""
