"""Golden tests of Nix programs, for pytest: see ``plugin``, and ``cases`` for what a test is."""
