"""What is known of a source PostgreSQL, and the rules that judge it. Nothing here asks a server."""
