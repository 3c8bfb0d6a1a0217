"""The outside world, one module per thing: processes, Terraform, AWS, files, clocks."""
