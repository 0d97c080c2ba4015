"""`cdc dead-letters …`: records that could not be decoded: look at them, and write them back."""
