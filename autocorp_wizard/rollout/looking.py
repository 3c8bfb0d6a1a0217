"""What a status and the probes of the checklists need to look at an environment: its way, its names, its source."""

import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.snapshot import packaged_tree
from autocorp_wizard.core.bootstrap import SUGGESTED_LOCK_TABLE, StatePlace
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import InconclusiveError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.leftovers import Names
from autocorp_wizard.operate.look import Look, Subject
from autocorp_wizard.rollout.access import access_for
from autocorp_wizard.rollout.source import source_for
from autocorp_wizard.rollout.state_store import StateStore

if TYPE_CHECKING:
    import psycopg

    from autocorp_wizard.core.status import Report

Say = Callable[[str], None]


def look_at(environment: Environment, home: Home, say: Say, password: Callable[[], str] | None = None) -> Look:
    """Return the look of an environment; on a rehearsal its cloud is found or started. Raises as `access_for`.

    `password` gives the source's, or an empty text; the built-in source tells its own.
    """
    access = access_for(environment, home, say)
    return Look(
        access=access,
        subject=subject_of(environment),
        state=StateStore(access, StatePlace.of(environment)),
        source=lambda: _connect(environment, home, say, password),
    )


def subject_of(environment: Environment) -> Subject:
    """Return the names of what is looked at."""
    names = Names.of(environment)
    answers = environment.answers
    agents = answers["datasync_agent_arns"].value
    return Subject(
        environment=environment.name,
        cloud=environment.cloud.value,
        preset=environment.preset.value,
        account_id=environment.account_id,
        region=environment.region,
        prefix=names.prefix,
        secret=names.secret,
        state_bucket=environment.state_bucket,
        lock_table=environment.lock_table,
        agents=tuple(map(str, agents)) if isinstance(agents, list) else (),
        database=str(answers["postgres_database"].value or ""),
        replication_user=str(answers["postgres_username"].value or ""),
    )


def remembered(home: Home, environment: str) -> Mapping[str, Json]:
    """Return what this machine last knew of the state (applied.json); empty where it never looked."""
    try:
        found = json.loads((home.environment_dir(environment) / "applied.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def modules_of_the_tree() -> list[tuple[str, bool]]:
    """Return the modules of the packaged tree, and whether each has a README."""
    modules = sorted((packaged_tree().terraform / "modules").glob("*/main.tf"))
    return [(path.parent.name, (path.parent / "README.md").is_file()) for path in modules]


def status_of(look: Look, home: Home) -> "Report":
    """Ask AWS for everything that a status shows."""
    from autocorp_wizard.operate.observing import observe  # with all its panels: only a status needs them

    return observe(look, remembered(home, look.subject.environment), modules=modules_of_the_tree())


def _connect(
    environment: Environment, home: Home, say: Say, password: Callable[[], str] | None
) -> "psycopg.Connection":
    """Connect to the source for reading, as the replication user. Raises InconclusiveError where nobody can."""
    import psycopg  # the driver costs a third of a second: only who really connects pays for it

    if environment.source_is_built_in:
        source = source_for(home, say)
        host, port, database, user = source.host, source.port, source.database, source.username
        secret = source.password
    else:
        answers = environment.answers
        host = str(answers["postgres_host"].value or "")
        port = int(str(answers["postgres_port"].value or 5432))
        database, user = str(answers["postgres_database"].value), str(answers["postgres_username"].value)
        secret = password() if password else ""
    if not host or not secret:
        lacking = "its host is not answered yet" if not host else "no password was given"
        raise InconclusiveError(
            "SOURCE-UNSEEN",
            f"The source could not be asked: {lacking}.",
            next_step="Set postgres_host (env edit), and give the password by PGPASSWORD or PGPASSFILE.",
        )
    try:
        return psycopg.connect(
            host=host,
            port=port,
            dbname=database,
            user=user,
            password=secret,
            connect_timeout=5,
            autocommit=True,
            options="-c default_transaction_read_only=on -c statement_timeout=5000",
            passfile=os.devnull,
        )
    except psycopg.Error as error:
        raise InconclusiveError(
            "SOURCE-UNSEEN",
            f"The source at {host}:{port} could not be asked.",
            why=str(error).strip().splitlines()[0],
            next_step="Run this where the source can be reached, and look at the password.",
        ) from error


def template_values(environment: Environment) -> dict[str, Json]:
    """Return what a checklist's templates may name beside Terraform's outputs: answers, and names that follow."""
    names = Names.of(environment)
    values: dict[str, Json] = {name: answer.value for name, answer in environment.answers.items()}
    if environment.source_is_built_in:
        values["postgres_host"] = "<the rehearsal's own source>"
    return values | {
        "account_id": environment.account_id or None,
        "environment": environment.name,
        "lock_table": environment.lock_table or SUGGESTED_LOCK_TABLE,
        "name_prefix": names.prefix,
        "secret_name": names.secret,
        "state_bucket": environment.state_bucket,
        "state_key": environment.state_key,
    }
