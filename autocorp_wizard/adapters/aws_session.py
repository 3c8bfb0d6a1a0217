"""A boto3 session that looks at the variables it is given instead of at the process's own."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, TypedDict, cast

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.client import BaseClient
    from botocore.config import Config
    from botocore.credentials import Credentials
    from botocore.loaders import Loader
    from botocore.session import Session as CoreSession

ROLE_SESSION: Final = "autocorp-wizard"


class ClientOptions(TypedDict):
    """What each client is made with."""

    region_name: str
    endpoint_url: str | None
    verify: str | None
    config: "Config"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the identity comes from; `variables` are AWS_* only."""

    variables: Mapping[str, str]
    region: str
    profile: str = ""
    role_arn: str = ""
    ambient: bool = False

    @property
    def keys(self) -> tuple[str, str, str] | None:
        """The explicit key pair and session token, unless a profile is named that goes before."""
        found = tuple(
            self.variables.get(f"AWS_{n}", "") for n in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
        )
        return cast("tuple[str, str, str]", found) if found[0] and found[1] and not self.profile else None

    @property
    def effective_profile(self) -> str:
        """The named profile; without explicit keys, the one that AWS_PROFILE names."""
        if self.profile or self.keys:
            return self.profile
        return self.variables.get("AWS_PROFILE", "") if self.ambient else ""

    @property
    def who(self) -> str:
        """The identity in words, for messages."""
        if self.role_arn:
            return f"role {self.role_arn}"
        return f"profile {self.effective_profile}" if self.effective_profile else ""

    @property
    def is_private(self) -> bool:
        """Whether nothing of the operator's may be read: explicit keys, and no ambient chain."""
        return not self.ambient

    def client_options(self, service: str) -> ClientOptions:
        """Return the arguments for a client: endpoint, trust, patience, and how often to try again."""
        from botocore.config import Config

        own = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 5},
            connect_timeout=10,
            read_timeout=60,
            user_agent_extra="autocorp-wizard",
            ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # the stubs do not know it
            # An explicit cloud is on this machine: no proxy of the operator's stands in between.
            proxies={} if self.is_private else None,
        )
        return {
            "region_name": self.region,
            "endpoint_url": self.variables.get(own) or self.variables.get("AWS_ENDPOINT_URL") or None,
            "verify": self.variables.get("AWS_CA_BUNDLE") or None,
            "config": config,
        }


def open_session(source: Source) -> "Session":
    """Return a session for `source`.

    Raises botocore's ProfileNotFound or NoCredentialsError; role sessions are assumed on first use and renew
    themselves.
    """
    from boto3.session import Session
    from botocore.exceptions import NoCredentialsError

    core = _core_session(source)
    if source.keys:
        core.set_credentials(*source.keys[:2], token=source.keys[2] or None)
    elif source.is_private and not source.profile:
        raise NoCredentialsError
    if source.role_arn:
        fresh = _core_session(source)
        fresh.register_component("credential_provider", _OneCredential(_assumed(core, source)))
        core = fresh
    return Session(botocore_session=core, region_name=source.region)


def _core_session(source: Source) -> "CoreSession":
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigChainFactory
    from botocore.session import Session as CoreSession

    core = CoreSession(profile=source.effective_profile or None)
    store = core.get_component("config_store")
    chain = ConfigChainFactory(session=core, environ=dict(source.variables))
    for name, (in_file, variable, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items():
        # The keys and the profile are ours to choose; everything else is looked up in our variables, then the file.
        variables = None if name == "profile" else variable
        store.set_config_provider(
            name,
            chain.create_config_chain(
                instance_name=name,
                env_var_names=variables,
                config_property_names=in_file,
                default=default,
                conversion_func=convert,
            ),
        )
    core.register_component("data_loader", _service_models())
    if source.is_private:
        for name, variable in (("config_file", "AWS_CONFIG_FILE"), ("credentials_file", "AWS_SHARED_CREDENTIALS_FILE")):
            core.set_config_variable(name, source.variables.get(variable) or os.devnull)
    return core


@cache
def _service_models() -> "Loader":
    """The descriptions of AWS's services take long to read, and are the same for every session."""
    from botocore.loaders import create_loader

    return create_loader()


class _OneCredential:
    """The credential resolver of a session that has exactly one source."""

    def __init__(self, credentials: "Credentials") -> None:
        self._credentials = credentials

    def load_credentials(self) -> "Credentials":
        return self._credentials


def _assumed(core: "CoreSession", source: Source) -> "Credentials":
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.exceptions import NoCredentialsError

    base = core.get_credentials()
    if base is None:
        raise NoCredentialsError

    def client(service: str, **settings: object) -> "BaseClient":
        options = cast("dict[str, object]", source.client_options(service)) | settings
        return core.create_client(service, **options)  # type: ignore[arg-type]

    fetcher = AssumeRoleCredentialFetcher(
        client, base, source.role_arn, extra_args={"RoleSessionName": ROLE_SESSION, "DurationSeconds": 3600}
    )
    return cast("Credentials", DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role"))
