"""The doctor: its probes one by one, and all of them at once."""
