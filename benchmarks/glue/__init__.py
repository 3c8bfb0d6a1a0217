"""What a batch of the Glue jobs costs on two cores, beside a naive job, the Parquet sink and DuckDB."""
