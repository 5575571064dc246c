"""Reads about payments, by subject. Payments are seen by whoever sees the documents of their deal."""
