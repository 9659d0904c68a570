"""An S3-compatible object store on this machine, with one user who may read and write."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ConnectionError as NotUpYet

from tests.running import free_port

BUCKET = "adoption"
# Without keys: the bucket, the user, what the user may do, the user's keys.
_BEFORE_KEYS = "4"
_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


@dataclass
class ObjectStore:
    """`environment` is what a process needs to read and write it."""

    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"

    def names(self) -> list[str]:
        keys = {
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
        }
        client: Any = boto3.client("s3", **_at(self.environment["AWS_ENDPOINT_URL"]), **keys)
        return [found["Key"] for found in client.list_objects_v2(Bucket=BUCKET)["Contents"]]


def _at(endpoint: str) -> dict[str, str]:
    return {"endpoint_url": endpoint, "region_name": "us-east-1"}


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": _BEFORE_KEYS},
            stdout=log,
            stderr=log,
        )
    try:
        yield ObjectStore({"AWS_ENDPOINT_URL": endpoint, **_keys(endpoint)}, process)
    finally:
        process.kill()
        process.wait()


def _keys(endpoint: str) -> dict[str, str]:
    nobody = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nothing"}
    until = time.monotonic() + 60
    while True:
        try:
            boto3.client("s3", **_at(endpoint), **nobody).create_bucket(Bucket=BUCKET)
            break
        except NotUpYet:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    iam: Any = boto3.client("iam", **_at(endpoint), **nobody)
    iam.create_user(UserName="clerk")
    iam.put_user_policy(UserName="clerk", PolicyName="all", PolicyDocument=_ALL)
    made = iam.create_access_key(UserName="clerk")["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
    }
