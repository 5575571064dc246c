"""Real storage servers on loopback: moto's S3, told to verify signatures, and WsgiDAV."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def s3_server() -> Iterator[tuple[str, str, str]]:
    """host:port, key and secret of an S3 with the bucket `backups`; every request is checked against its signature."""
    import boto3
    import moto.core.responses
    import moto.settings
    from moto.core.responses import ActionAuthenticatorMixin
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    root: dict[str, Any] = {"endpoint_url": f"http://{host}:{port}", "region_name": "us-east-1", "aws_access_key_id": "root",
                            "aws_secret_access_key": "root"}
    people = boto3.client("iam", **root)
    people.create_user(UserName="voronka")
    people.put_user_policy(UserName="voronka", PolicyName="all", PolicyDocument=(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'))
    key = people.create_access_key(UserName="voronka")["AccessKey"]
    boto3.client("s3", **root).create_bucket(Bucket="backups")
    allowed = ActionAuthenticatorMixin.request_count
    before = moto.settings.INITIAL_NO_AUTH_ACTION_COUNT
    moto.core.responses.settings.INITIAL_NO_AUTH_ACTION_COUNT = allowed  # from now on nobody gets in unsigned
    try:
        yield f"{host}:{port}", key["AccessKeyId"], key["SecretAccessKey"]
    finally:
        moto.core.responses.settings.INITIAL_NO_AUTH_ACTION_COUNT = before
        server.stop()


@contextmanager
def webdav_server(folder: Path) -> Iterator[str]:
    """host:port of a WebDAV server over `folder`; anna comes in with `s:cret`."""
    from cheroot import wsgi
    from wsgidav.wsgidav_app import WsgiDAVApp

    folder.mkdir()
    app = WsgiDAVApp({"provider_mapping": {"/": str(folder)}, "logging": {"enable": False}, "verbose": 0,
                      "simple_dc": {"user_mapping": {"*": {"anna": {"password": "s:cret"}}}},
                      "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False}})
    server = wsgi.Server(("127.0.0.1", 0), app)
    server.prepare()
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        yield f"127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join()
