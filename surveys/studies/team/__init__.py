"""The team of a study: roles and invitations."""
