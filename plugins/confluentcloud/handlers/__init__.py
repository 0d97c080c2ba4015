"""How each resource type is created, read, changed and deleted: the API's calls, in the order the real plugin makes them."""
