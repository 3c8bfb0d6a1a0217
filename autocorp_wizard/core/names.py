"""The names that AWS will see, built from project, environment, account and region, each with its limit.

A name rule alone does not promise that AWS accepts what is built from it: two legal names of 20 characters can make
a bucket name of 64. So the strictest name is built and measured before anything starts.
"""

from dataclasses import dataclass

from autocorp_wizard.core.answers import Problem


@dataclass(frozen=True, slots=True)
class NameLimit:
    """A name that the wizard or its Terraform tree builds; `limit` in characters is AWS's own."""

    what: str
    template: str
    limit: int

    def build(self, project: str, environment: str, account: str, region: str) -> str:
        """Return the name."""
        return self.template.format(project=project, environment=environment, account=account, region=region)


STATE_BUCKET = NameLimit("the state bucket", "{project}-terraform-state-{account}-{region}", 63)

LAKE_BUCKET = NameLimit("the lake's bucket", "{project}-datalake-{environment}-{account}", 63)

# As terraform/main.tf and its modules build them; the longest name of each kind stands for the others.
NAMES: tuple[NameLimit, ...] = (
    STATE_BUCKET,
    LAKE_BUCKET,
    NameLimit("the bucket of access logs", "{project}-logs-{environment}-{account}", 63),
    NameLimit("the longest role", "{project}-{environment}-dms-secret-reader", 64),
    NameLimit("the replication instance", "{project}-{environment}-replication", 63),
)


def too_long(
    project: str, environment: str, account: str, region: str, *, named: frozenset[NameLimit] = frozenset()
) -> Problem | None:
    """Return what is wrong with the first name that does not fit, or None when all fit.

    `named` are those that somebody chose a name for, so that none is built.
    """
    for name in NAMES:
        if name in named:
            continue
        built = name.build(project, environment, account or "0" * 12, region)
        if len(built) > name.limit:
            over = len(built) - name.limit
            return Problem(
                "project_name",
                f"With project {project!r} and environment {environment!r}, {name.what} would be called {built!r}.",
                f"That name has {len(built)} characters and AWS allows {name.limit}.",
                f"Shorten the project's or the environment's name by {over} character{'s' if over > 1 else ''}.",
                "NAME-TOO-LONG",
            )
    return None
