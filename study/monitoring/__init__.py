"""Logs, request ids, health check and metrics."""
