"""A setting of something in AWS that can be read, compared and written, and the patience that fresh things need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from autocorp_wizard.adapters.aws_errors import CloudError

T = TypeVar("T")
Pause = Callable[[float], None]

_TRIES: Final = 12
# S3 answers so while a name is being made or freed, DynamoDB while a table is still busy with the last change.
_PASSING: Final = frozenset(
    {
        "OperationAborted",
        "ConditionalRequestConflict",
        "ContinuousBackupsUnavailableException",
        "ResourceInUseException",
    }
)


@dataclass(frozen=True, slots=True)
class Setting:
    """`read` returns what is found in words (`none` or `off` where nothing is set) and whether it holds."""

    name: str
    wanted: str
    read: Callable[[], tuple[str, bool]]
    write: Callable[[], None]


def patiently(call: Callable[[], T], pause: Pause, is_fresh: Callable[[], bool]) -> T:
    """Call, and call again while AWS has not heard everywhere of what was just made.

    Only a bucket that this run made may be missing for a moment; one that was there may not. Raises what the call
    raises.
    """
    for attempt in range(_TRIES):
        try:
            return call()
        except CloudError as error:
            passing = error.aws_code in _PASSING or (error.aws_code in {"NoSuchBucket", "404"} and is_fresh())
            if not passing or attempt == _TRIES - 1:
                raise
            pause(min(2.0**attempt / 4, 5.0))
    raise AssertionError("the loop returns or raises")
