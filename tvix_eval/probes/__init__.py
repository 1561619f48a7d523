"""Instruments that wrap operations and leave calls as they are. Imported only when one is asked for."""
