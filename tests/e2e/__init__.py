"""The gateway as its users run it: real processes, real files."""
