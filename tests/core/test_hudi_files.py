"""Which files of a Hudi table its latest state needs."""

from autocorp_wizard.core.hudi_files import needed

PROPERTIES = ".hoodie/hoodie.properties"


def test_only_the_newest_completed_version_of_each_group_is_needed():
    names = [
        PROPERTIES,
        ".hoodie/20261120080000000.commit",
        ".hoodie/20261120080000000.inflight",
        ".hoodie/20261120090000000.commit",
        ".hoodie/20261120100000000.commit.requested",
        ".hoodie/archived/.commits_.archive.1",
        ".hoodie/metadata/files/one.hfile",
        ".hoodie_partition_metadata",
        "a-0_0-1-1_20261120080000000.parquet",
        "a-0_0-2-2_20261120090000000.parquet",
        "a-0_0-3-3_20261120100000000.parquet",
        "b-0_1-1-1_20261120080000000.parquet",
        "c-0_2-0-0_20261119080000000.parquet",
    ]
    assert needed(names) == sorted(
        [
            PROPERTIES,
            ".hoodie/20261120080000000.commit",
            ".hoodie/20261120080000000.inflight",
            ".hoodie/20261120090000000.commit",
            ".hoodie/20261120100000000.commit.requested",
            ".hoodie_partition_metadata",
            "a-0_0-2-2_20261120090000000.parquet",
            "b-0_1-1-1_20261120080000000.parquet",
            "c-0_2-0-0_20261119080000000.parquet",
        ]
    )


def test_a_table_without_a_completed_commit_has_no_state():
    assert needed([PROPERTIES, ".hoodie/20261120080000000.commit.requested", "a_0_20261120080000000.parquet"]) == []
    assert needed([]) == []
