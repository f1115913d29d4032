"""What participants answered, how sure they were, and how fast."""
