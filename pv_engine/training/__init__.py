"""Training: objectives, losses, loop, checkpoints."""
