"""The Textual face. Screens compose and render; what changes the world goes through the engine."""
