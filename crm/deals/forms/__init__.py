"""Forms of deals."""
