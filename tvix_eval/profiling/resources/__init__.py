"""The page of a flame graph."""
