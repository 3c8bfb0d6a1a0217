"""Checks of the source PostgreSQL: reaching it, logging in, and every rule on what was read there."""
