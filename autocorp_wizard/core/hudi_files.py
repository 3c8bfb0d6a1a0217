"""Which files of a Hudi table (copy-on-write, version 6) its latest state needs, from their names alone.

A table keeps every version of the last days; reading it from a bucket must not fetch all of them. A data file is named
GROUP_TOKEN_INSTANT.parquet, a completed commit INSTANT.commit or INSTANT.replacecommit below `.hoodie`.
"""

from collections.abc import Iterable
from typing import Final

TIMELINE: Final = ".hoodie/"
_COMPLETED: Final = (".commit", ".replacecommit")


def needed(names: Iterable[str]) -> list[str]:
    """Return those of `names` (relative to the table) that its latest state needs, sorted; none without a commit."""
    given = sorted(names)
    timeline = [name for name in given if name.startswith(TIMELINE) and "/" not in name[len(TIMELINE) :]]
    commits = {name[len(TIMELINE) :].partition(".")[0] for name in timeline if name.endswith(_COMPLETED)}
    if not commits:
        return []
    oldest = min(commits)
    newest: dict[str, tuple[str, str]] = {}
    markers = []
    for name in given:
        folder, _, file = name.rpartition("/")
        if name.startswith(TIMELINE):
            continue
        if not file.endswith(".parquet"):
            markers += [name] if file == ".hoodie_partition_metadata" else []
            continue
        group, _, instant = file.removesuffix(".parquet").rpartition("_")
        # What is older than the timeline's first commit was completed before that was archived.
        if instant in commits or instant < oldest:
            place = f"{folder}/{group.partition('_')[0]}"
            newest[place] = max(newest.get(place, ("", "")), (instant, name))
    return sorted([*timeline, *markers, *(name for _, name in newest.values())])
