"""`cdc connector`: pause, resume, and get past what it cannot capture."""
