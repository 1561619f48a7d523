"""Holds the golden tests, and the evaluator, against a real Nix."""
