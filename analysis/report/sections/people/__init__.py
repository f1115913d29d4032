"""What the report says of participants themselves: what they said, passed and used."""
