"""What can be known of the accounts before the first `up`: asked, and nothing changed."""
