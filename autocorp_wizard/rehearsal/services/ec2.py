"""EC2: a rule of a security group keeps its description, whatever it points at.

The stock model keeps it for address ranges only; for another group or a prefix list every plan would want to add it.
"""

from moto.ec2.models.security_groups import SecurityGroupRule

_stock_init = SecurityGroupRule.__init__
_PREFIX_LIST_POSITION = 7


def _init(self: SecurityGroupRule, *args: object, **kwargs: object) -> None:
    _stock_init(self, *args, **kwargs)  # type: ignore[arg-type]
    described = kwargs.get("prefix_list_id") or (args[_PREFIX_LIST_POSITION:] or (None,))[0]
    # Beside the range, not in it: a group's own listing shows every range that is not empty.
    self.prefix_list_description = described.get("Description") if isinstance(described, dict) else None  # type: ignore[attr-defined]


def _description(self: SecurityGroupRule) -> str | None:
    written = self.ip_range.get("Description") or self.source_group.get("Description")
    return written or getattr(self, "prefix_list_description", None)


def install() -> None:
    """Mend the stock model; its responses stay."""
    SecurityGroupRule.__init__ = _init  # type: ignore[method-assign]
    SecurityGroupRule.description = property(_description)  # type: ignore[assignment]
