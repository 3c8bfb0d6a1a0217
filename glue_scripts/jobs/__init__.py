"""One thin script per Glue job; what they do is in `glue_scripts.lake`."""
