"""Reads of the first page: a person's day, and the company's figures."""
