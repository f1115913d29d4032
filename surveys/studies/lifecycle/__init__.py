"""The life of a study: pilots, opening, stopping, closing."""
