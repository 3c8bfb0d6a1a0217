"""From raw files to curated tables: contracts, reading, cleaning, collapsing, ledger and sinks.

No Glue classes anywhere: the same code runs on AWS Glue and on anybody's Spark.
"""
