"""Faults on purpose, under load, with the books checked after each."""
