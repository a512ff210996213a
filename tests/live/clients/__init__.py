"""Real HTTP clients, each one request a process."""
