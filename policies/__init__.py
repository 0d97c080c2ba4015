"""Rules over a stack's resources: in tests on recorded graphs, in `cdc plan`, and as a Pulumi policy pack."""
