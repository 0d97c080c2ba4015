"""`cdc cloud`: the local Confluent Cloud alone, without any stack: for Terraform, for other programs."""
