"""Events written by an application into its own transaction."""
