"""The debugger: stops an evaluation, and shows where it is. Imported only when one is started."""
