"""Stands before the emulator: callers, faults, owners, policies, 501 for what it lacks, the access log."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from autocorp_wizard.rehearsal import bucketguard, callers, due, ownership, pace
from autocorp_wizard.rehearsal.admission import Admission
from autocorp_wizard.rehearsal.call import AwsCall, Protocol, buffer_body, read_call
from autocorp_wizard.rehearsal.control import CONTROL_PREFIX, Control
from autocorp_wizard.rehearsal.errorbody import Answer, error_answer
from autocorp_wizard.rehearsal.faultrules import FaultBook, FaultKind
from autocorp_wizard.rehearsal.gate import Gate
from autocorp_wizard.rehearsal.misbehave import ConnectionCutError, cut, fault_answer
from autocorp_wizard.rehearsal.services import is_missing

_LOG: Final = logging.getLogger("rehearsal.access")
# The emulator's own control paths answer anybody; ours are the only way in.
_CLOSED_PREFIXES: Final = ("/moto-api", "/latest/")
_DRAINED_BYTES: Final = 64 * 1024 * 1024
_REASONS: Final = {200: "OK", 204: "No Content", 501: "Not Implemented", 503: "Service Unavailable"}


class Gateway:
    """The WSGI application of the cloud's child process.

    `changed` is called after each call that may have changed something, `used` after each call at all.
    """

    def __init__(
        self,
        emulator: WSGIApplication,
        *,
        admission: Admission,
        faults: FaultBook,
        control: Control,
        gate: Gate,
        changed: Callable[[], None],
        used: Callable[[], None],
    ) -> None:
        self._emulator = emulator
        self._admission = admission
        self._faults = faults
        self._control = control
        self._gate = gate
        self._changed = changed
        self._used = used
        # The emulator checks a condition and writes in two steps; one writer at a time makes that one step.
        self._conditional = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = str(environ.get("PATH_INFO", "/"))
        if path.startswith(CONTROL_PREFIX):
            return _send(self._control.answer(environ), start_response)
        began = time.monotonic()
        call = read_call(environ)
        status = "cut"
        try:
            answer = self._answer(call, environ)
            status = str(answer.status)
        finally:
            self._used()
            took = (time.monotonic() - began) * 1000
            _LOG.info(
                "%s %s:%s %s %s %.0fms",
                status,
                call.service,
                call.action or "?",
                call.method,
                call.path,
                took,
            )
        return _send(answer, start_response)

    def _answer(self, call: AwsCall, environ: WSGIEnvironment) -> Answer:
        if call.path.startswith(_CLOSED_PREFIXES):
            message = "This path is closed in the rehearsal cloud."
            return _refuse(environ, error_answer(call, 403, "AccessDenied", message))
        refused = self._admission.refusal(call)
        if refused is not None:
            return _refuse(environ, refused)
        hit = self._faults.meet(call)
        kind = hit.rule.kind if hit is not None else None
        if hit is not None and kind is not None:
            wrong = fault_answer(kind, call)
            if wrong is not None:
                return _refuse(environ, wrong)
            if kind in {FaultKind.DELAY, FaultKind.HANG}:
                hit.lifted.wait(hit.rule.lasts)
            if kind in {FaultKind.DROP, FaultKind.HANG}:
                raise cut(environ)
        answer = self._emulate(call, environ)
        if kind is FaultKind.LOST_ANSWER:
            raise cut(environ)
        return answer

    def _emulate(self, call: AwsCall, environ: WSGIEnvironment) -> Answer:
        # Before the gate: a caller that stalls halfway must not keep a snapshot, and with it everybody, waiting.
        buffer_body(environ)
        try:
            alone = self._conditional if _is_conditional(call, environ) else nullcontext()
            with self._gate.together(), alone, pace.one_moment():
                return self._run(call, environ)
        finally:
            if not call.reads_only:
                self._changed()

    def _run(self, call: AwsCall, environ: WSGIEnvironment) -> Answer:
        if due.settle():
            self._changed()
        refused = ownership.refusal(call, environ)
        principal = self._admission.principal(call)
        refused = refused or bucketguard.refusal(call, environ, principal)
        refused = refused or callers.refusal(call, environ, principal)
        if refused is None and is_missing(call.service, call.action):
            refused = not_implemented(call)
        if refused is not None:
            return _refuse(environ, refused)
        collected: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[..., object]:
            del exc_info
            collected.append((status, headers))
            return lambda _: None

        try:
            chunks = self._emulator(environ, start)
            try:
                body = b"".join(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
        except ConnectionCutError:
            raise
        except NotImplementedError:
            return not_implemented(call)
        except Exception as failure:
            where = _where(failure)
            _LOG.warning("%s:%s failed in the emulator: %s at %s", call.service, call.action, *where)
            message = f"The rehearsal cloud failed: {where[0]} at {where[1]}."
            code = "InternalError" if call.protocol in {Protocol.S3, Protocol.EC2} else "InternalFailure"
            return error_answer(call, 500, code, message)
        status, headers = collected[-1]
        return Answer(int(status.split()[0]), tuple(headers), body)


def not_implemented(call: AwsCall) -> Answer:
    """Return HTTP 501: unlike a 500, no SDK retries it."""
    message = (
        f"The rehearsal cloud does not have {call.service or 'this service'}:{call.action or call.method}. "
        "It is emulated only as far as the wizard needs it."
    )
    return error_answer(call, 501, "NotImplemented", message)


def _refuse(environ: WSGIEnvironment, answer: Answer) -> Answer:
    """Read what the caller sends, unseen: who closes before that resets the connection, and the answer is lost."""
    buffer_body(environ, _DRAINED_BYTES)
    return answer


def _is_conditional(call: AwsCall, environ: WSGIEnvironment) -> bool:
    if call.reads_only:
        return False
    if call.service == "s3":
        return "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MATCH" in environ
    return call.service == "dynamodb"


def _where(failure: BaseException) -> tuple[str, str]:
    """Return type and place of a failure; its message may hold what a caller sent, so it stays out."""
    trace = failure.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(failure).__name__, "an unknown place"
    code = trace.tb_frame.f_code
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return type(failure).__name__, f"{module}.{code.co_name}:{trace.tb_lineno}"


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    headers = list(answer.headers)
    if not any(name.lower() == "content-length" for name, _ in headers):
        headers.append(("Content-Length", str(len(answer.body))))
    start_response(f"{answer.status} {_REASONS.get(answer.status, 'Rehearsal')}", headers)
    return [answer.body]
