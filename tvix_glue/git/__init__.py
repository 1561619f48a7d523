"""Git repositories of this machine, as trees for ``builtins.fetchGit``. Loaded when one is asked for."""
