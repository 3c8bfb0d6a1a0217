"""The job csv_customers_hudi_etl: takes in what has arrived for this table."""

import sys

from glue_scripts.lake.entry import run_job

if __name__ == "__main__":
    run_job("csv_customers", sys.argv[1:])
