"""What a destroy would take, without a cloud that holds it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FakeLosses:
    """What goes."""

    total: int = 54
    modules: tuple[tuple[str, int], ...] = (("s3", 30), ("kms", 24))
    holding: tuple[tuple[str, str], ...] = (("module.kms.aws_kms_key.this", "key"),)
    contents: tuple[str, ...] = ("autocorp-lake holds 1,204 objects and 88 older versions, 9,000 bytes.",)
