"""Plans without an account: the program's graph, what it costs and needs, and how two graphs differ."""
