"""`cdc routes …`: what a product team asks of its routes, without any engine."""
