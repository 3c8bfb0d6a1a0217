"""STS: the throw-away key pair is a user of the rehearsal's account, with a name that shows what it is."""

import moto.sts.urls
from moto.core.responses import ActionResult
from moto.sts.responses import TokenResponse

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, OPERATOR_ARN

_USER_ID = "AIDAREHEARSALOPERATOR"


class RehearsalSts(TokenResponse):
    """The stock service knows no user behind a key that its IAM did not make."""

    def get_caller_identity(self) -> ActionResult:
        """Answer as AWS does for an IAM user."""
        user_id, arn, account = self.backend.get_caller_identity(self.get_access_key(), self.region)
        if arn.endswith(":user/moto"):
            user_id, arn, account = _USER_ID, OPERATOR_ARN, ACCOUNT_ID
        return ActionResult({"UserId": user_id, "Account": account, "Arn": arn})


def install() -> None:
    """Put the extended service in the stock one's place."""
    moto.sts.urls.url_paths["{0}/$"] = RehearsalSts.dispatch
