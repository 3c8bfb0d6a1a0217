"""The cloud that fits in a laptop: an emulated AWS and a real PostgreSQL source."""
