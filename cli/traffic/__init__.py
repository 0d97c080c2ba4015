"""Making events, writing them to the source database, and watching them arrive."""
