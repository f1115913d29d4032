"""The live page: progress, pace, funnel, page errors."""
