"""Builds as stored jobs: starting, sharing among workers, resuming, failing."""
