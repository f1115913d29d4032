"""Shares of right answers, sensitivity, bias and confidence."""
