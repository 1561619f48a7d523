"""Nix's formats: hashes, store paths, derivations, archives, and what binary caches serve.

It imports nothing of ours, opens no store and knows no evaluator. What Nix holds as bytes is
*byte text* here, a `str` with one latin-1 character for each byte, as in `tvix_eval`; only the
contents of files are `bytes`.
"""
