"""A stack's figures for monitoring systems: as OpenMetrics on a loopback port, and pushed as OTLP."""
