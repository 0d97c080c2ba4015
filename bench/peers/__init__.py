"""What else a user could have picked, on the same database, broker, rows and machine: `python -m bench.peers`."""
