"""What applies to other participants and other images."""
