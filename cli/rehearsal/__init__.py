"""A stack's committed settings, applied to the local cloud as they are: what an account would say, before there is one."""
