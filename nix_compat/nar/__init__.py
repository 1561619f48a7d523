"""Nix archives (NAR): the serialisation of a tree of files that hashes are computed of."""
