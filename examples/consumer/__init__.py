"""A consumer that is right the first time: commits after work, retries, dead letters, graceful stops. Copy it."""
