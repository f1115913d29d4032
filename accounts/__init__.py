"""Who may enter the console: accounts, sign-in, rate limits and the audit log."""
