"""Keeps a load balancer's target group at the address of Aurora's writer."""
