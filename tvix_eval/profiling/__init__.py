"""Profiles, coverage and statistics as files. Imported only when one is asked for."""
