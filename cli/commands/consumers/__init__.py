"""`cdc consumers` and `cdc consumer`: programs that read routed topics."""
