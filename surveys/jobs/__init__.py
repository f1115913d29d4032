"""Exports and reports that the console asks for."""
