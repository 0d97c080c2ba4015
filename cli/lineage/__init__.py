"""Where data comes from and goes to: table → connector → raw topic → statement → topics → consumer groups."""
