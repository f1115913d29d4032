"""What changes over a study: over trials, over blocks, and between two looks."""
