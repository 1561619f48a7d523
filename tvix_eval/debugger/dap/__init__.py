"""The Debug Adapter Protocol: the debugger seen through an editor."""
