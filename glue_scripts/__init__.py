"""The jobs that AWS Glue runs, and the library they share (`lake`), which is packed as a zip for `--extra-py-files`."""
