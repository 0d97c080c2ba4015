"""`cdc statements`: what runs in Flink."""
