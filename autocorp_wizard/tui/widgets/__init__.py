"""Widgets that stand alone."""
