"""Pages of what a study found: exports, reports, unblinding."""
