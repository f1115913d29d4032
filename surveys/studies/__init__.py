"""The life of a study: load, freeze, open, pilot, blind, close; its team."""
