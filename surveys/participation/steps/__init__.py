"""The pages of a survey, one file a page type; flow.py has their order."""
