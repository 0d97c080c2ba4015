"""The rows of a table against the records of its raw topic, and what is missing sent again. Public protocols only."""
