"""What participants answered, how fast, and how far they agree."""
