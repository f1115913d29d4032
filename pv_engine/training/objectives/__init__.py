"""What each training minimises, one file a network."""
