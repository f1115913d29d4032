"""Pages about the people of a study, and its log."""
