"""Rate limits: how many sign-ins, entries and uploads one address may make."""
