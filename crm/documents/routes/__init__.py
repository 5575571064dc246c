"""Pages of documents and templates."""
