"""Queries of deals."""
