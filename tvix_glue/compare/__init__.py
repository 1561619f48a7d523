"""Evaluates a set of derivations here and by a reference, and says where they differ."""
