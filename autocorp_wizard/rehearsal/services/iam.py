"""IAM: AWS's own managed policies are there when they are asked for, without holding all 1,300 in memory."""

import json
from typing import Any, Final

import moto.iam.urls
from moto.core.common_types import TYPE_RESPONSE
from moto.iam.models import AWSManagedPolicy
from moto.iam.responses import IamResponse

_AWS_OWNED: Final = "arn:aws:iam::aws:policy/"


class RehearsalIam(IamResponse):
    """Lends the one managed policy that a call names before the stock service looks for it."""

    def call_action(self) -> TYPE_RESPONSE:
        """Answer one call."""
        arn = self.querystring.get("PolicyArn", [""])[0]
        if arn.startswith(_AWS_OWNED) and arn not in self.backend.managed_policies:
            data = _catalogue().get(arn.rpartition("/")[2])
            if data is not None:
                policy = AWSManagedPolicy.from_data(arn.rpartition("/")[2], self.current_account, self.region, data)
                if policy.arn == arn:
                    self.backend.managed_policies[arn] = policy
        return super().call_action()


def _catalogue() -> dict[str, dict[str, Any]]:
    # Read anew each time: it is asked for two or three policies, and would hold 25 MB in between.
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    catalogue: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    return catalogue


def install() -> None:
    """Put the extended service in the stock one's place."""
    moto.iam.urls.url_paths["{0}/$"] = RehearsalIam.dispatch
