"""Marked events through the whole chain: does each route deliver, and how long does each stage take?"""
