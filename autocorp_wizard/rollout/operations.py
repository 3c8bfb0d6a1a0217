"""What each operation of a run does, and how its end is written; children of a rollout have journals of their own."""

import getpass
import json
import os
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable
from importlib.metadata import PackageNotFoundError, version

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.lease import Lease
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.bootstrap import RowOutcome
from autocorp_wizard.core.errors import ExitCode, WizardError
from autocorp_wizard.core.next_steps import placed
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout.applying import apply_operation
from autocorp_wizard.rollout.bootstrap import bootstrap
from autocorp_wizard.rollout.context import Context, Shared
from autocorp_wizard.rollout.destroying import destroy_operation
from autocorp_wizard.rollout.planning import plan_operation
from autocorp_wizard.rollout.recorder import Recorder
from autocorp_wizard.rollout.recovery import recover_operation
from autocorp_wizard.rollout.rolling import rollout_operation
from autocorp_wizard.rollout.sharing import share_journal


async def run_request(home: Home, request: Request, recorder: Recorder, secrets: dict[str, str]) -> int:
    """Do what a request asks for, from the first event to the last; returns the exit code and never raises."""
    recorder.record(_started(request))
    try:
        shared = Shared(home, request, recorder)
    except WizardError as error:
        return int(_finish(recorder, _failed(error, request.environment)))
    return await _operate(Context(home, request, recorder, secrets, shared))


async def _operate(ctx: Context) -> int:
    """Do the work of one run whose start is recorded, and record its end; never raises."""
    try:
        end = await _OPERATIONS[ctx.request.operation](ctx)
    except WizardError as error:
        end = _failed(error, ctx.request.environment)
    except Exception as error:
        text = ctx.recorder.discretion.text(traceback.format_exc())
        sys.stderr.write(text)
        bug = WizardError(
            "BUG",
            "The wizard has a bug; this run stopped.",
            why=ctx.recorder.discretion.text(f"{type(error).__name__}: {error}")[:500],
            next_step=f"Please report it with the text in {ctx.files.log}",
            exit_code=ExitCode.BUG,
        )
        end = _failed(bug, ctx.request.environment)
    code = _finish(ctx.recorder, end)
    share_journal(ctx)
    return int(code)


async def _run_child(ctx: Context, request: Request) -> str:
    """Run an operation as a child of this run, in a journal of its own; raises what the child failed with."""
    asked = Request.from_json(
        json.dumps({**json.loads(request.to_json()), "parent": ctx.files.run, "env_file": ctx.request.env_file})
    )
    files = ctx.store.create(asked)
    lease = Lease.acquire(files.lease, what=files.run)
    recorder = Recorder(files, ctx.recorder.discretion, parent=ctx.recorder)
    try:
        recorder.record(_started(asked))
        ctx.recorder.record(ev.ChildStarted(child=files.run, operation=asked.operation, stage=asked.stage))
        failure: WizardError | None = None
        child = Context(ctx.home, asked, recorder, ctx.secrets, ctx.shared)
        code = await _operate(child)
        state = ctx.store.state(files)
        ctx.recorder.record(ev.ChildFinished(child=files.run, outcome=state.outcome))
        if code != 0:
            failure = _error_of(state.error, code)
    finally:
        recorder.close()
        if lease:
            lease.release()
    if failure:
        raise failure
    return files.run


def _error_of(document: dict[str, str | int], code: int) -> WizardError:
    return WizardError(
        str(document.get("code", "CHILD-FAILED")),
        str(document.get("what", "A part of the rollout failed.")),
        why=str(document.get("why", "")),
        next_step=str(document.get("next_step", "")),
        exit_code=ExitCode(code),
    )


async def _do_bootstrap(ctx: Context) -> ev.RunFinished:
    result = bootstrap(ctx.environment, ctx.access, mode=ctx.request.mode or "create", record=ctx.recorder.note)
    if not result.holds:
        wrong = sum(1 for row in result.rows if row.outcome not in (RowOutcome.OK, RowOutcome.CHANGED))
        return ev.RunFinished(
            outcome=ev.Outcome.FAILED,
            exit_code=int(ExitCode.FAILED),
            sentence=f"{wrong} settings of the remote state are not as they should be.",
        )
    sentence = f"The remote state is ready; {result.changed or 'no'} settings were written."
    return ev.RunFinished(outcome=ev.Outcome.SUCCEEDED, sentence=sentence)


async def _do_plan(ctx: Context) -> ev.RunFinished:
    plan = await plan_operation(ctx)
    return ev.RunFinished(outcome=ev.Outcome.SUCCEEDED, counts=dict(plan.counts), sentence=plan.headline)


async def _do_apply(ctx: Context) -> ev.RunFinished:
    applied = await apply_operation(ctx)
    sentence = "Applied: " + ", ".join(f"{count} {_DONE[name]}" for name, count in applied.counts.items() if count)
    return ev.RunFinished(outcome=ev.Outcome.SUCCEEDED, counts=applied.counts, sentence=f"{sentence.rstrip(': ')}.")


async def _do_destroy(ctx: Context) -> ev.RunFinished:
    destroyed = await destroy_operation(ctx)
    gone = destroyed.counts.get("delete", 0)
    if destroyed.unexpected:
        return ev.RunFinished(
            outcome=ev.Outcome.FAILED,
            exit_code=int(ExitCode.FAILED),
            counts=destroyed.counts,
            sentence=f"{gone} resources destroyed, but {destroyed.unexpected} things remain that should not.",
        )
    if destroyed.unseen:
        return ev.RunFinished(
            outcome=ev.Outcome.SUCCEEDED,
            exit_code=int(ExitCode.INCONCLUSIVE),
            counts=destroyed.counts,
            sentence=f"{gone} resources destroyed; {destroyed.unseen} kinds of things could not be looked at.",
        )
    sentence = f"{gone} resources destroyed; what remains is on the written list."
    return ev.RunFinished(outcome=ev.Outcome.SUCCEEDED, counts=destroyed.counts, sentence=sentence)


async def _do_recover(ctx: Context) -> ev.RunFinished:
    runs = await recover_operation(ctx)
    put_right = "1 earlier run was put right." if runs == 1 else f"{runs} earlier runs were put right."
    sentence = put_right if runs else "No earlier run left anything behind."
    return ev.RunFinished(outcome=ev.Outcome.SUCCEEDED, sentence=sentence)


async def _do_rollout(ctx: Context) -> ev.RunFinished:
    sentence = await rollout_operation(ctx, _run_child)
    return ev.RunFinished(outcome=ev.Outcome.SUCCEEDED, sentence=sentence)


_DONE = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "import": "imported"}

_OPERATIONS: dict[ev.Operation, Callable[[Context], Awaitable[ev.RunFinished]]] = {
    ev.Operation.BOOTSTRAP: _do_bootstrap,
    ev.Operation.PLAN: _do_plan,
    ev.Operation.APPLY: _do_apply,
    ev.Operation.DESTROY: _do_destroy,
    ev.Operation.RECOVER: _do_recover,
    ev.Operation.ROLLOUT: _do_rollout,
}


def _started(request: Request) -> ev.RunStarted:
    try:
        program = version("autocorp-wizard")
    except PackageNotFoundError:
        program = "unknown"
    return ev.RunStarted(
        operation=request.operation,
        environment=request.environment,
        phase=request.phase,
        stage=request.stage,
        parent=request.parent,
        command=request.command,
        pid=os.getpid(),
        host=socket.gethostname(),
        user=_user(),
        wizard_version=program,
    )


def _failed(error: WizardError, environment: str) -> ev.RunFinished:
    document = {**error.as_document(), "next_step": placed(error.next_step, environment)}
    cancelled = error.exit_code is ExitCode.INTERRUPTED
    return ev.RunFinished(
        outcome=ev.Outcome.CANCELLED if cancelled else ev.Outcome.FAILED,
        exit_code=int(error.exit_code),
        sentence=error.what,
        error={**document, "details": error.details[:20_000]},
    )


def _finish(recorder: Recorder, end: ev.RunFinished) -> ExitCode:
    recorder.record(end)
    recorder.sync()
    return ExitCode(end.exit_code)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
