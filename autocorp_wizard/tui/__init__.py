"""The Textual face: screens compose and render what the journal says."""
