"""Pages of accounts: one file a subject; they carry, researchers.py and second_factor.py decide."""
