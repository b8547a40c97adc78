"""Settings: what differs from one installation to another, from the environment (``QUITTANCE_…``) or ``.env``.

What an organisation decides about itself (its time zone, its currency, who may approve) is not here: those are
facts with a date, recorded in ``aggregates/organisation.py``.
"""

from __future__ import annotations

import re
import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from eventstore.keks import KekFiles
from runtime import encryption
from runtime.embedded.postgres import Postgres
from runtime.secret_files import FilesNamed, keep_once

DATABASE = "quittance"
"""Name of the database in the embedded server."""

SECRETS_DIR = Path("/run/secrets")
"""Where containers are given secrets: a file ``quittance_smtp_password`` is the setting of that name."""

ROLE_OF = {
    "database_url": "app",
    "owner_url": "store_owner",
    "projector_url": "projector",
    "auditor_url": "auditor",
}
"""Who connects with which connection string."""


class Settings(BaseSettings):
    """One installation. Addresses of the embedded servers follow from ``state_dir`` unless they are given."""

    model_config = SettingsConfigDict(
        env_prefix="QUITTANCE_", env_file=".env", extra="ignore", frozen=True,
        secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None, hide_input_in_errors=True,
    )  # fmt: skip

    profile: Literal["embedded", "scale-out"] = "embedded"
    """``embedded``: everything on this machine, started by `manage.py up`; ``scale-out``: servers of your own."""
    state_dir: Path = Path("var")
    """Everything this installation keeps on disk: database, documents, keys, caught mails."""

    database_url: str = Field("", repr=False)
    """Connection string of the role ``app``: every running process but the projectors."""
    projector_url: str = Field("", repr=False)
    """Connection string of the role ``projector``: `manage.py project`."""
    auditor_url: str = Field("", repr=False)
    """Connection string of the role ``auditor``, which only reads: `manage.py audit` and `status`."""
    owner_url: str = Field("", repr=False)
    """Connection string of the role ``store_owner``: `manage.py migrate` and `rebuild`."""

    admin_url: str = Field("", repr=False)
    """Connection string of a superuser: lets `manage.py migrate` make the four roles and the database."""

    unencrypted_hosts: str = ""
    """Hosts that are on this machine although their names do not say so, separated by commas: other containers."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(8000, ge=0, le=65_535)
    http_tls_cert: str = ""
    """File with the certificate chain of the API, where no proxy before it has one."""
    http_tls_key: str = Field("", repr=False)
    """File with the key of that certificate."""
    public_url: str = ""
    """Where people reach us; begins every link in a mail. Without it: this machine's address."""
    allowed_hosts: str = ""
    """Further names that this service answers to beside the one of ``public_url``, separated by commas."""
    allowed_origins: str = ""
    """Origins whose pages may call the API from a browser, written exactly, separated by commas; nobody without."""
    trusted_proxies: str = ""
    """Networks of our own proxies, separated by commas: only they are believed about whom they speak for."""
    redis_url: str = Field("", repr=False)
    """Where all processes count tries together and hand live updates round; each one is by itself without it."""
    kafka_servers: str = ""
    """Brokers to begin with, ``host:port``, separated by commas; without any the store itself is the feed."""
    kafka_topic: str = Field("quittance", pattern=r"^[a-zA-Z0-9._-]{1,100}$")
    """Beginning of the name of every topic and consumer group of this installation."""
    kafka_partitions: int = Field(12, ge=1, le=64)
    """Of a topic that is made; how many processes can share the work of one group. May be raised later, see the guide."""
    kafka_replicas: int = Field(1, ge=1, le=7)
    """Brokers that hold each event of a topic that is made; three where there are three."""
    kafka_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_ca_file: str = ""
    """Certificate of the authority that signed the brokers'; what the system trusts without it."""
    kafka_cert_file: str = ""
    """Our own certificate, where the brokers ask for one; ``kafka_key_file`` belongs to it."""
    kafka_key_file: str = Field("", repr=False)
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_user: str = ""
    kafka_password: str = Field("", repr=False)
    kafka_session_ms: int = Field(10_000, ge=1_000, le=300_000)
    """Milliseconds after which the partitions of a process that says nothing go to others."""

    s3_url: str = ""
    """Address of a server that speaks S3; empty for AWS itself."""
    s3_bucket: str = ""
    """Where documents are kept; without it on the disk of this machine."""
    s3_region: str = "eu-west-3"
    s3_access_key: str = Field("", repr=False)
    """Without it what boto3 finds by itself: a role of the machine, a profile."""
    s3_secret_key: str = Field("", repr=False)
    s3_encryption: Literal["AES256", "aws:kms", "none"] = "AES256"
    """Of the server, on its disks; ``none`` for a server whose disks are encrypted."""
    s3_kms_key: str = ""
    """Which key, with ``aws:kms``."""
    s3_lock_days: int = Field(3_650, ge=0, le=36_500)
    """Days for which a contract, a signed copy and a quittance can be deleted by nobody; 0 for a server without locks."""

    metrics_host: str = "127.0.0.1"
    metrics_port: int = Field(0, ge=0, le=65_535)
    """Where a process shows its figures (``/metrics``) and whether it goes on (``/health``); nowhere at 0."""
    requests_per_minute: int = Field(600, ge=1)
    """Requests of one account; from one address without an account a fifth of them."""
    demonstration: bool = True
    """Gives an empty store of the embedded profile people to play with; never where others than this machine come."""
    time_lapse: bool = False
    """Allows POST /api/v1/clock/advance: for the demo and tests, never where money is real."""
    upload_limit: int = Field(52_428_800, gt=0)
    """Bytes of a request's body."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(8025, ge=0, le=65_535)
    smtp_user: str = ""
    smtp_password: str = Field("", repr=False)
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    mail_from: str = "Quittance <ne-pas-repondre@quittance.localhost>"
    mail_listen: str = "127.0.0.1"
    """Where the embedded mail server listens; its mails hold links that open documents."""
    mail_page_port: int = Field(8026, ge=0, le=65_535)
    """The page that shows the mails caught by the embedded sink."""
    link_ttl_days: int = Field(7, ge=1, le=90)
    """How long the link in a mail opens its document."""

    kek_file: Path = Path()
    """Key-encryption key of the personal fields, 32 bytes. Without it, or its backup, they are lost."""
    secret_file: Path = Path()
    """32 bytes that key the hashes of requests and claims: not to be replaced."""
    fleeting_file: Path = Path()
    """32 bytes that sign what is over soon: links in mails, sessions, messages to Kafka. Replaced, it voids them."""
    signing_dir: Path = Path()
    """The keys that sign access tokens, a file each."""
    oidc_issuer: str = ""
    """Address of the OpenID provider whose word counts here, exactly as it writes it; nobody's without."""
    oidc_client_id: str = ""
    """What the provider calls this installation."""
    oidc_client_secret: str = Field("", repr=False)
    """What this installation proves that with; or ``oidc_client_secret_file`` names a file that holds it."""
    oidc_client_secret_file: str = ""
    oidc_name: str = "OpenID"
    """What people call the provider."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @classmethod
    def load(cls, **chosen: Any) -> Settings:
        """The settings of this process; ``chosen`` wins over the environment. Raises ValueError naming the field."""
        return cls(**{name: value for name, value in chosen.items() if value is not None})

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: dict[str, Any]) -> dict[str, Any]:
        state = Path(given.get("state_dir") or "var").resolve()
        derived: dict[str, object] = {
            # Not 127.0.0.1: browsers take passkeys at a name only.
            "public_url": f"http://localhost:{given.get('http_port') or 8000}",
            "kek_file": state / "keys" / "kek",
            "secret_file": state / "keys" / "secret",
            "fleeting_file": state / "keys" / "fleeting",
            "signing_dir": state / "keys" / "signing",
        }
        if (given.get("profile") or "embedded") == "embedded":
            server = Postgres(state / "postgres")
            derived |= {name: server.url(role, DATABASE) for name, role in ROLE_OF.items()}
        absent = {name: value for name, value in derived.items() if not given.get(name)}
        return {**given, **absent, "state_dir": state}

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, written: str) -> str:
        for network in listed(written):
            ip_network(network)
        return written

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, written: str) -> str:
        for origin in listed(written):
            if not re.fullmatch(
                r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?", origin
            ):
                raise ValueError(
                    f"{origin!r} is no origin: scheme, host in lower case, port where it is not the usual one"
                )
        return written

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, written: str) -> str:
        if written and not re.fullmatch(r"https://[^\s?#]+|http://(127\.0\.0\.1|localhost)[^\s?#]*", written):
            raise ValueError("the OpenID provider has an address with https://, without ? and #")
        return written

    @model_validator(mode="after")
    def _encrypted(self) -> Settings:
        """Raises ValueError for a connection that would leave the machine in clear."""
        named = listed(self.unencrypted_hosts)
        urls = {name: getattr(self, name) for name in (*ROLE_OF, "admin_url")}
        complaints = [
            *(line for name, url in urls.items() if url for line in encryption.of_database(name, url, named)),
            *encryption.of_redis("redis_url", self.redis_url, named),
            *encryption.of_kafka(listed(self.kafka_servers), self.kafka_protocol, named),
            *encryption.of_s3(self.s3_url, named),
            *encryption.of_mail(self.smtp_host, self.smtp_tls, named),
            *encryption.of_public(self.public_url, self.profile),
            *encryption.of_certificate(
                {"http_tls_cert": self.http_tls_cert, "http_tls_key": self.http_tls_key}
            ),
            *encryption.of_certificate(
                {"kafka_cert_file": self.kafka_cert_file, "kafka_key_file": self.kafka_key_file}
            ),
        ]
        if complaints:
            raise ValueError("; ".join(complaints))
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is named in a file (``QUITTANCE_SMTP_PASSWORD_FILE``) counts like what is said in the environment."""
        files = FilesNamed(settings_cls)
        return init_settings, env_settings, files, dotenv_settings, file_secret_settings

    def urls(self) -> dict[str, str]:
        """The connection string of each role."""
        return {role: getattr(self, name) for name, role in ROLE_OF.items()}

    @property
    def postgres_dir(self) -> Path:
        """Folder of the embedded server."""
        return self.state_dir / "postgres"

    @property
    def documents_dir(self) -> Path:
        """Stored files, when they are kept on disk."""
        return self.state_dir / "documents"

    @property
    def mail_dir(self) -> Path:
        """Mails caught by the embedded sink."""
        return self.state_dir / "mail"

    def demonstrates(self) -> bool:
        """Whether an empty store gets the data of the demonstration, with its people and their passwords."""
        here = encryption.stays_here(urlsplit(self.public_url).hostname or "")
        return self.demonstration and self.profile == "embedded" and here

    def kek(self) -> bytes:
        """The key-encryption key; made at the first question in the embedded profile."""
        return self._key(self.kek_file)

    def keks(self) -> KekFiles:
        """The same for a process that lives on while the key is replaced by another."""
        self.kek()
        return KekFiles(self.kek_file)

    def secret(self) -> bytes:
        """The secret of hashes that are kept; made at the first question in the embedded profile."""
        return self._key(self.secret_file)

    def fleeting(self) -> bytes:
        """The secret of links and sessions; made at the first question in the embedded profile."""
        return self._key(self.fleeting_file)

    def oidc_secret(self) -> str:
        """What is proved to the OpenID provider; empty for a provider that is content with PKCE."""
        file = self.oidc_client_secret_file
        return Path(file).read_text(encoding="utf-8").strip() if file else self.oidc_client_secret

    def _key(self, file: Path) -> bytes:
        if not file.exists() and self.profile == "embedded":
            return keep_once(file, secrets.token_bytes(32))
        return file.read_bytes()

    def environment(self) -> dict[str, str]:
        """These settings as a child process reads them."""
        return {f"QUITTANCE_{name.upper()}": _plain(value) for name, value in self.model_dump().items()}


def listed(written: str) -> list[str]:
    """The parts of a setting that holds several."""
    return [part.strip() for part in written.split(",") if part.strip()]


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
