"""What a study in blocks shows of the same participants, block by block."""
