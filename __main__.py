"""The Pulumi program: PostgreSQL → CDC → Kafka → Flink SQL → one topic per consumer."""

from stacks.program import main

main()
