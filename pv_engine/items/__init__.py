"""Selection of items by stratum, and their picture files."""
