"""Pages of accounts. The decisions are in accounts/sign_in/."""
