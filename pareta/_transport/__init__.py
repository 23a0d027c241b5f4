"""Where httpx is spoken to: clients, connections, and what their exceptions mean."""
