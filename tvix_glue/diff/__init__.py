"""Compares two graphs of derivations, and names what made them differ."""
