"""`cdc canary`: marked events through the whole chain."""
