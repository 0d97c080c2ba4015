"""Documentation that is true."""
