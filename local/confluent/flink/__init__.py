"""Flink on the local cloud: pools, statements, and the real cluster that runs them."""
