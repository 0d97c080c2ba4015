"""Load: events in an open model, each followed through the chain, and a verdict."""
