"""The bucket that `manage.py migrate` makes, or looks at: what it sets, what it leaves, what it does not accept."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from providers import ProviderDown
from providers.storage import key_for
from providers.storage.bucket import RULE, SWEPT, Bucket, BucketUnfit, prepare
from providers.storage.s3 import S3Storage, client_of
from roles.migrate import _prepare_bucket
from tests.providers.buckets import DOOR, THE_CLOCK, settings_of

ONCE = "made the bucket"
UNKNOWN_HERE = (
    "the bucket: NOT closed to the public (NotImplemented): see docs/how-to/keep-documents-in-s3.md"
)
"""What the server of the tests has no words for."""


@pytest.fixture
def settings(s3_server):
    return settings_of(s3_server)


def test_a_bucket_is_made_with_versions_a_lock_rules_and_encryption(settings):
    said = list(prepare(settings))
    assert said == [
        f"{ONCE} {settings.s3_bucket}",
        UNKNOWN_HERE,
        "the bucket: uploads are swept after a day",
        "the bucket: takes uploads from our pages",
        "the bucket: encrypts what comes unencrypted",
    ]
    s3, of = client_of(settings), {"Bucket": settings.s3_bucket}
    assert s3.get_bucket_versioning(**of)["Status"] == "Enabled"
    locked = s3.get_object_lock_configuration(**of)["ObjectLockConfiguration"]
    assert locked == {"ObjectLockEnabled": "Enabled"}, "no lock by default: uploads have none"
    (rule,) = s3.get_bucket_lifecycle_configuration(**of)["Rules"]
    assert (rule["Filter"], rule["Expiration"]) == ({"Prefix": "incoming/"}, {"Days": 1})
    (pages,) = s3.get_bucket_cors(**of)["CORSRules"]
    assert pages["AllowedOrigins"] == ["http://localhost:8000"]
    s3.put_object(**of, Key="incoming/plain", Body=b"x")
    assert s3.head_object(**of, Key="incoming/plain")["ServerSideEncryption"] == "AES256"


def test_again_it_changes_nothing(settings):
    list(prepare(settings))
    assert list(prepare(settings)) == [UNKNOWN_HERE]


def test_what_others_have_configured_stays(settings):
    list(prepare(settings))
    s3, of = client_of(settings), {"Bucket": settings.s3_bucket}
    theirs = {
        "ID": "theirs",
        "Status": "Enabled",
        "Filter": {"Prefix": "exports/"},
        "Expiration": {"Days": 30},
    }
    s3.put_bucket_lifecycle_configuration(**of, LifecycleConfiguration={"Rules": [theirs]})
    assert "the bucket: uploads are swept after a day" in list(prepare(settings))
    rules = s3.get_bucket_lifecycle_configuration(**of)["Rules"]
    assert {rule["ID"] for rule in rules} == {"theirs", RULE}


@pytest.mark.parametrize(
    "altered",
    [
        {"Expiration": {"Days": 90}},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 90}},
        {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 90}},
        {"Filter": {"Prefix": "contracts/"}},
        {"Status": "Disabled"},
    ],
    ids=lambda altered: next(iter(altered)),
)
def test_our_rule_is_put_right_where_somebody_has_altered_it(settings, altered):
    list(prepare(settings))
    s3, of = client_of(settings), {"Bucket": settings.s3_bucket}
    theirs = {"Rules": [{**SWEPT, **altered}]}
    s3.put_bucket_lifecycle_configuration(**of, LifecycleConfiguration=theirs)
    assert "the bucket: uploads are swept after a day" in list(prepare(settings))
    (rule,) = s3.get_bucket_lifecycle_configuration(**of)["Rules"]
    assert rule == SWEPT
    assert list(prepare(settings)) == [UNKNOWN_HERE]


def test_other_pages_may_upload_once_the_settings_name_them(settings, s3_server):
    list(prepare(settings))
    more = settings_of(
        s3_server, s3_bucket=settings.s3_bucket, allowed_origins="https://app.example,https://b.example"
    )
    assert "the bucket: takes uploads from our pages" in list(prepare(more))
    (pages,) = client_of(more).get_bucket_cors(Bucket=settings.s3_bucket)["CORSRules"]
    assert pages["AllowedOrigins"] == [
        "http://localhost:8000",
        "https://app.example",
        "https://b.example",
    ]


def test_a_bucket_without_a_lock_is_not_accepted_where_documents_are_locked(settings, s3_server):
    list(prepare(settings_of(s3_server, s3_bucket=settings.s3_bucket, s3_lock_days=0)))
    with pytest.raises(BucketUnfit, match="Object Lock"):
        list(prepare(settings))


def test_a_server_that_overwrites_is_not_accepted(settings):
    """The same server, asked without the condition: that is what one looks like that does not know it."""
    made = Bucket(settings)
    list(prepare(settings))

    def forget(request: Any, **_: Any) -> None:
        del request.headers["If-None-Match"]

    made._client.meta.events.register("before-sign.s3.PutObject", forget)
    with pytest.raises(BucketUnfit, match="If-None-Match"):
        made.refuse_to_overwrite()


def test_what_comes_in_clear_is_refused_once_the_bucket_says_so(settings):
    list(prepare(settings))
    storage = S3Storage(settings, THE_CLOCK, DOOR)
    storage.put(key_for("contract", uuid4(), "0" * 64, "application/pdf"), b"%PDF")
    assert Bucket(settings)._refuse_clear()
    with pytest.raises(ProviderDown, match="403"):
        storage.put(key_for("contract", uuid4(), "0" * 64, "application/pdf"), b"%PDF")


def test_a_policy_that_is_there_is_somebodys_own(settings):
    list(prepare(settings))
    s3, of = client_of(settings), {"Bucket": settings.s3_bucket}
    everything = f"arn:aws:s3:::{settings.s3_bucket}/*"
    theirs = {
        "Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": everything,
    }  # fmt: skip
    s3.put_bucket_policy(**of, Policy=json.dumps({"Version": "2012-10-17", "Statement": [theirs]}))
    assert not Bucket(settings)._refuse_clear()
    assert "Theirs" in s3.get_bucket_policy(**of)["Policy"]


def test_only_over_tls_is_tls_asked_for(settings):
    assert "refuses what comes without TLS" not in Bucket(settings).further()
    over_tls = settings.model_copy(update={"s3_url": "https://s3.example"})
    assert "refuses what comes without TLS" in Bucket(over_tls).further()
    aws = settings.model_copy(update={"s3_url": ""})
    assert "refuses what comes without TLS" in Bucket(aws).further()


def test_migrate_ends_with_one_line_when_documents_would_not_be_safe(settings, s3_server):
    list(prepare(settings_of(s3_server, s3_bucket=settings.s3_bucket, s3_lock_days=0)))
    with pytest.raises(SystemExit, match="Object Lock"):
        list(_prepare_bucket(settings))
    nobody = settings_of(s3_server, s3_url="http://127.0.0.1:9")
    with pytest.raises(SystemExit, match="document storage"):
        list(_prepare_bucket(nobody))
