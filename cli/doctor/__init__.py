"""`cdc doctor`: what is wrong, by what evidence, why probably, and what to type. One small class per probe."""
