"""`cdc status`: one screen that says what runs, what failed, whether data moves, and how far readers are."""
