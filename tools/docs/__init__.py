"""The documentation as a site, and the manual pages: ``python -m tools.docs``. See docs/README.md."""
