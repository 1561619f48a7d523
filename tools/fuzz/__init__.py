"""Looks for texts that our parser and evaluator treat differently than Nix, or can't bear at all."""
