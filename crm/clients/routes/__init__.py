"""Pages of clients: people, companies."""
