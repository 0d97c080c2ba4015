"""The event ledger: what was committed, what every topic holds, and whether the two agree under changing routes."""
