"""Routes of deals."""
