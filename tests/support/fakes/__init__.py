"""Engines that only remember: what fast tests of the local cloud put in the place of Kafka, Apicurio, Connect and Flink."""
