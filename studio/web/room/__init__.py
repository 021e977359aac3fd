"""The wire of rooms: acts, event streams, and reading where proxies buffer."""
