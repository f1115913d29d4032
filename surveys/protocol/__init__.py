"""The protocol: the TOML file that defines a study, its schema, reader and wordings."""
