"""What the gates of a stage ask, looked up by real calls; what AWS refuses to tell stays unknown, with the reason."""

from collections.abc import Callable
from typing import Final, cast

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core import gates
from autocorp_wizard.core.gates import Fact, Finding
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.secret_status import FILLED, secret_status

_ENDPOINTS: Final = {"source": "dms_source_endpoint_arn", "target": "dms_target_endpoint_arn"}


def look_up(ctx: Context, stage: str, state: RemoteState | None) -> dict[Fact, Finding]:
    """Return what the gates of a stage want to know; only that is asked for."""
    known = {Fact.STATE: Finding(True)} | gates.applied_facts(state.phases if state else frozenset())
    asked: dict[Fact, Callable[[], Finding]] = {
        Fact.SECRET: lambda: _secret(ctx),
        Fact.AGENT: lambda: _agents(ctx),
        Fact.DMS: lambda: Finding(state is not None and bool(state.of_type("aws_dms_replication_task"))),
        Fact.CONNECTIONS: lambda: connections(ctx, state),
    }
    for fact in gates.facts_of(stage) & asked.keys():
        try:
            known[fact] = asked[fact]()
        except CloudError as error:
            known[fact] = Finding(None, error.what.rstrip("."))
    return known


def connections(ctx: Context, state: RemoteState | None) -> Finding:
    """Look whether the last connection test of both endpoints succeeded. Raises what AWS refuses."""
    instance = state.output("dms_replication_instance_arn") if state else ""
    if state is None or not instance:
        return Finding(False, "there is no replication instance")
    wanted = {name: state.output(output) for name, output in _ENDPOINTS.items()}
    filters = [{"Name": "replication-instance-arn", "Values": [instance]}]
    seen: dict[str, str] = {}
    try:
        for page in ctx.access.pages("dms", "describe_connections", Filters=filters):
            for each in cast("list[dict[str, object]]", page.get("Connections") or []):
                seen[str(each.get("EndpointArn"))] = str(each.get("Status"))
    except CloudError as error:
        if not error.is_missing:
            raise
    words = {name: seen.get(arn, "not tested") for name, arn in wanted.items()}
    note = ", ".join(f"{name}: {word}" for name, word in words.items())
    return Finding(all(word == "successful" for word in words.values()), note)


def _secret(ctx: Context) -> Finding:
    status = secret_status(ctx.environment, ctx.access)
    return Finding(status.state == FILLED, "" if status.state == FILLED else f"{status.name} is {status.state}")


def _agents(ctx: Context) -> Finding:
    arns = ctx.environment.variables.get("datasync_agent_arns")
    if not isinstance(arns, list) or not arns:
        return Finding(False, "none is known")
    for arn in map(str, arns):
        try:
            status = str(ctx.access.call("datasync", "describe_agent", AgentArn=arn).get("Status"))
        except CloudError as error:
            if not error.is_missing:
                raise
            status = "gone"
        if status != "ONLINE":
            return Finding(False, f"{arn.rpartition('/')[2]} is {status.lower()}")
    return Finding(True)
