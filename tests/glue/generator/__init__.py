"""Files as DMS and DataSync leave them, clean or dirty: the same for the same seed, with a manifest of what is in them.

`python -m tests.glue.generator sales_orders --rows 100000 --seed 7 --out DIR` writes an export and its manifest. Kinds
of dirt and their shares are those of the real exports (source-database.md).
"""
