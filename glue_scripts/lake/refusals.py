"""The end of a batch that cannot be done right: nothing of it is committed, and the message says what to do."""

from typing import Final


class BatchRefusedError(Exception):
    """What was found makes the batch of this one table wrong or unsafe; other tables go on.

    `code` is stable (`EPOCH-UNANNOUNCED`), `what` a sentence, `why` the cause as far as known, `next_step` what a
    person does now.
    """

    def __init__(self, code: str, what: str, *, why: str = "", next_step: str = "") -> None:
        super().__init__(" ".join(part for part in (f"{code}: {what}", why, next_step) if part))
        self.code: Final = code
        self.what: Final = what
        self.why: Final = why
        self.next_step: Final = next_step

    def as_document(self) -> dict[str, str]:
        """Return what a program reads."""
        return {"code": self.code, "what": self.what, "why": self.why, "next_step": self.next_step}
