"""The jobs that AWS Glue runs, and the library they share."""
