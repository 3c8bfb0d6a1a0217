"""How a value read from AWS is judged: one small rule per kind of thing, each a pure function.

The states are those of the service models (botocore 1.44.5); a state that is not listed is a warning with its name,
never silently good.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from autocorp_wizard.core.status import Judged, Level

CDC_LAG_PROMISE_SECONDS: Final = 300
SECRET_OLD_DAYS: Final = 180
LOCK_OLD_SECONDS: Final = 3600
# A metric appears in CloudWatch up to 15 minutes after its thing.
METRIC_PATIENCE_SECONDS: Final = 900

_MIB: Final = 1 << 20
_GIB: Final = 1 << 30

OK, WARN, FAIL = Level.OK, Level.WARN, Level.FAIL

_INSTANCE: Final[Mapping[str, Level]] = {
    "available": OK,
    "creating": WARN,
    "modifying": WARN,
    "upgrading": WARN,
    "rebooting": WARN,
    "maintenance": WARN,
    "resetting-master-credentials": WARN,
    "deleting": FAIL,
    "deleted": FAIL,
    "failed": FAIL,
    "storage-full": FAIL,
    "incompatible-network": FAIL,
    "incompatible-credentials": FAIL,
    "inaccessible-encryption-credentials": FAIL,
}
_TASK: Final[Mapping[str, Level]] = {
    "running": OK,
    "creating": WARN,
    "ready": WARN,
    "starting": WARN,
    "stopping": WARN,
    "modifying": WARN,
    "testing": WARN,
    "moving": WARN,
    "stopped": FAIL,
    "failed": FAIL,
    "failed-move": FAIL,
    "deleting": FAIL,
}
_TABLE: Final[Mapping[str, Level]] = {
    "table completed": OK,
    "full load": WARN,
    "before load": WARN,
    "table is being reloaded": WARN,
    "table does not exist": FAIL,
    "table cancelled": FAIL,
    "table error": FAIL,
    "error": FAIL,
}
_RUN: Final[Mapping[str, Level]] = {
    "SUCCEEDED": OK,
    "STOPPED": WARN,
    "STOPPING": WARN,
    "EXPIRED": WARN,
    "FAILED": FAIL,
    "ERROR": FAIL,
    "TIMEOUT": FAIL,
}
_RUNNING: Final = frozenset({"STARTING", "RUNNING", "WAITING"})
_EXECUTION_LIVE: Final = frozenset({"QUEUED", "LAUNCHING", "PREPARING", "TRANSFERRING", "VERIFYING", "CANCELLING"})


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job, a crawler or a workflow; `seconds` is None while it goes on."""

    state: str
    started: datetime | None = None
    finished: datetime | None = None
    seconds: float | None = None
    message: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.state in _RUNNING


def instance(status: str, pending: Iterable[str] = ()) -> Judged:
    """Judge a replication instance; `pending` are the names of changes that wait for its maintenance window."""
    level = _INSTANCE.get(status, WARN)
    waits = ", ".join(sorted(pending))
    return Judged(level, f"instance {status}" + (f" (waits for its window: {waits})" if waits else ""))


def task(status: str, stop_reason: str = "", failure: str = "") -> Judged:
    """Judge the replication task."""
    level = _TASK.get(status, WARN)
    if status == "ready":
        return Judged(level, "task never started")
    because = ", ".join(filter(None, (stop_reason, first_line(failure))))
    return Judged(level, f"task {status}" + (f" ({because})" if because and level is not OK else ""))


def table(state: str, rows: int) -> Judged:
    """Judge one table of the task by its state."""
    return Judged(_TABLE.get(state.lower(), WARN), f"{state.lower() or 'no state'}, {rows:,} rows loaded")


def tables(states: Mapping[str, str]) -> Judged:
    """Judge all tables of the task together; names which are not complete."""
    if not states:
        return Judged(WARN, "no table yet")
    levels = {name: _TABLE.get(state.lower(), WARN) for name, state in states.items()}
    done = sum(level is OK for level in levels.values())
    failed = sorted(name for name, level in levels.items() if level is FAIL)
    sentence = f"{done}/{len(states)} tables"
    if failed:
        return Judged(FAIL, f"{sentence}, in error: {', '.join(failed)}")
    return Judged(OK if done == len(states) else WARN, sentence + ("" if done == len(states) else " loaded"))


def connection(status: str, failure: str = "") -> Judged:
    """Judge the latest connection test of an endpoint."""
    if status == "successful":
        return Judged(OK, "connection tested")
    if status == "failed":
        return Judged(FAIL, "connection test failed" + (f": {first_line(failure)}" if failure else ""))
    return Judged(WARN, f"connection {status or 'not tested'}")


def lag(seconds: float, promise: float = CDC_LAG_PROMISE_SECONDS) -> Judged:
    """Judge the replication's latency: four fifths of the promise are a warning."""
    level = FAIL if seconds > promise else WARN if seconds > promise * 0.8 else OK
    return Judged(level, f"lag {seconds_in_words(seconds)}")


def cpu(percent: float) -> Judged:
    """Judge the instance's processor."""
    return Judged(WARN if percent > 80 else OK, f"CPU {percent:.0f} %")


def free_memory(size: float) -> Judged:
    """Judge the instance's free memory."""
    level = FAIL if size < 100 * _MIB else WARN if size < 300 * _MIB else OK
    return Judged(level, f"{size / _MIB:,.0f} MiB memory free")


def free_storage(size: float) -> Judged:
    """Judge the instance's free storage: a full one stops the task."""
    level = FAIL if size < _GIB else WARN if size < 5 * _GIB else OK
    return Judged(level, f"{size / _GIB:,.1f} GiB storage free")


def runs(history: Sequence[Run], *, due: bool = True) -> Judged:
    """Judge a job by its runs, newest first: the last one that ended counts. `due`: it should have run by itself."""
    if not history:
        return Judged(WARN if due else OK, "never ran")
    ended = next((run for run in history if not run.is_running), None)
    now = next((run for run in history if run.is_running), None)
    going = ""
    if now is not None:
        going = f"{now.state.lower()}" + (f" ({first_line(now.message)})" if now.message else "")
    if ended is None:
        return Judged(OK, going)
    level = _RUN.get(ended.state, WARN)
    took = f" in {seconds_in_words(ended.seconds)}" if ended.seconds is not None else ""
    because = f": {first_line(ended.message)}" if ended.message and level is not OK else ""
    return Judged(level, "; ".join(filter(None, (going, f"last run {ended.state.lower()}{took}{because}"))))


def crawler(state: str, last: str, message: str = "") -> Judged:
    """Judge a crawler by its last crawl; `last` is empty for one that never ran."""
    level = {"SUCCEEDED": OK, "CANCELLED": WARN, "FAILED": FAIL, "": OK}.get(last, WARN)
    now = "" if state in ("READY", "") else f"{state.lower()}; "
    because = f": {first_line(message)}" if message and level is not OK else ""
    return Judged(level, f"{now}last crawl {last.lower()}{because}" if last else f"{now}never ran")


def workflow(status: str, failed: int, total: int) -> Judged:
    """Judge the last run of the workflow by its actions."""
    if not status:
        return Judged(OK, "never ran")
    if failed or status == "ERROR":
        return Judged(FAIL, f"last run: {failed} of {total} actions failed")
    level = {"RUNNING": OK, "COMPLETED": OK, "STOPPING": WARN, "STOPPED": WARN}.get(status, WARN)
    return Judged(level, f"last run {status.lower()} ({total} actions)")


def agent(status: str) -> Judged:
    """Judge an agent; AWS says OFFLINE after five minutes of silence."""
    return Judged(OK if status == "ONLINE" else FAIL, f"agent {status or 'unknown'}")


def transfer_task(status: str, disabled_by: str = "", why: str = "", error: str = "") -> Judged:
    """Judge a transfer task. The service turns a schedule off after repeated failures, without an alarm of its own."""
    if disabled_by == "SERVICE":
        return Judged(FAIL, "schedule turned off by the service" + (f": {first_line(why)}" if why else ""))
    if status == "UNAVAILABLE":
        return Judged(FAIL, "unavailable" + (f": {first_line(error)}" if error else ": the agent cannot mount it"))
    if disabled_by:
        return Judged(WARN, "schedule turned off by a person" + (f": {first_line(why)}" if why else ""))
    return Judged(OK if status in ("AVAILABLE", "RUNNING", "QUEUED") else WARN, status.lower())


def execution(status: str, files: int = 0, planned: int = 0, error: str = "") -> Judged:
    """Judge the newest execution of a transfer; `status` empty for none yet."""
    if not status:
        return Judged(WARN, "no transfer yet")
    if status in _EXECUTION_LIVE:
        share = f", {files} of {planned} files" if planned >= files > 0 else ", more files than planned" * bool(planned)
        return Judged(OK, f"{status.lower()}{share if files else ''}")
    if status == "SUCCESS":
        return Judged(OK, f"{files} file{'' if files == 1 else 's'} transferred and verified")
    return Judged(FAIL if status == "ERROR" else WARN, f"last transfer {status.lower()}: {first_line(error) or '?'}")


def secret(state: str, age_days: float | None, *, needed: bool) -> Judged:
    """Judge the source's secret; `needed`: replication reads it already."""
    if state == "filled":
        old = age_days is not None and age_days > SECRET_OLD_DAYS
        age = f", {age_days:.0f} days old" if age_days is not None else ""
        return Judged(WARN if old else OK, f"has a value{age}" + (", time to rotate" if old else ""))
    words = {"empty": "has no value", "missing": "does not exist", "deleted": "is pending deletion"}
    return Judged(FAIL if needed or state != "empty" else WARN, words.get(state, state))


def alarms(states: Mapping[str, str]) -> Judged:
    """Judge the alarms together; those that ring are named."""
    ringing = sorted(name for name, state in states.items() if state == "ALARM")
    dumb = sum(state == "INSUFFICIENT_DATA" for state in states.values())
    quiet = f"{len(states)} alarms" + (f", {dumb} without data yet" if dumb else "")
    return Judged(FAIL, f"in alarm: {', '.join(ringing)}") if ringing else Judged(OK, f"{quiet}, none rings")


def subscriptions(confirmed: int, pending: int) -> Judged:
    """Judge who is told of an alarm."""
    if confirmed:
        return Judged(OK, f"{confirmed} told" + (f", {pending} unconfirmed" if pending else ""))
    return Judged(WARN, "a subscription waits for its confirmation" if pending else "nobody is told of an alarm")


def budget(limit: float, actual: float, forecast: float | None) -> Judged:
    """Judge the month's spending against its budget."""
    sentence = f"{actual:.2f} of {limit:.2f} USD" + (f", {forecast:.2f} expected" if forecast is not None else "")
    if actual > limit:
        return Judged(FAIL, f"budget exceeded: {sentence}")
    return Judged(WARN if forecast is not None and forecast > limit else OK, sentence)


def lock(who: str, held_seconds: float | None) -> Judged:
    """Judge Terraform's lock; `who` is empty where nobody holds it."""
    if not who:
        return Judged(OK, "state unlocked")
    old = held_seconds is None or held_seconds > LOCK_OLD_SECONDS
    since = f" for {seconds_in_words(held_seconds)}" if held_seconds is not None else ""
    return Judged(WARN if old else OK, f"state locked by {who}{since}")


def first_line(text: str, limit: int = 160) -> str:
    """Return the first line of what AWS said, cut where it is endless."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def seconds_in_words(seconds: float) -> str:
    """Return a duration as people say it: `12 s`, `4 min`, `3 h`, `2 days`."""
    for size, unit in ((86400 * 2, 86400), (3600 * 2, 3600), (120, 60)):
        if seconds >= size:
            return f"{seconds / unit:.0f} {({86400: 'days', 3600: 'h', 60: 'min'})[unit]}"
    return f"{seconds:.0f} s"
