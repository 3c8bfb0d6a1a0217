"""The job refresh_all: every table in one session; one that fails does not stop the others, and the run says which."""

import sys

from glue_scripts.lake.entry import run_all

if __name__ == "__main__":
    run_all(sys.argv[1:])
