"""Builds as stored jobs: started, shared among workers, resumed, failed."""
