"""Pages that check something of the participant: instructions, colours, drawings."""
