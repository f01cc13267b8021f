"""A server with the API of S3 on this machine, for tests: moto's, which holds all in memory and proves no durability."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.fs as pafs

KEY, SECRET = "AKIDEXAMPLE01234567", "s3cr3tNeverShown/+0987654321"
MISSING = next(
    (
        f"{name} is not installed"
        for name in ("moto", "boto3", "flask", "flask_cors")
        if not importlib.util.find_spec(name)
    ),
    None,
)


class Server:
    """A server on a free port of the loopback address; started again, it is empty."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": ""},
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def stop(self):
        self.process.kill()
        self.process.wait()

    def url(self, place, user=True):
        """An address with all that opens it."""
        from urllib.parse import quote

        secret = f"{KEY}:{quote(SECRET, safe='')}@" if user else ""
        return f"s3://{secret}{place}?endpoint_override=127.0.0.1:{self.port}&scheme=http&region=us-east-1"

    @property
    def files(self):
        return pafs.S3FileSystem(
            access_key=KEY,
            secret_key=SECRET,
            endpoint_override=f"127.0.0.1:{self.port}",
            scheme="http",
            region="us-east-1",
            allow_bucket_creation=True,
        )

    def bucket(self, name):
        self.files.create_dir(name)
        return name

    def put(self, key, data):
        with self.files.open_output_stream(key, compression=None) as stream:
            stream.write(data)

    def get(self, key):
        with self.files.open_input_stream(key, compression=None) as stream:
            return stream.read()

    def upload(self, folder: Path, prefix):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def keys(self, prefix):
        found = self.files.get_file_info(pafs.FileSelector(prefix, recursive=True, allow_not_found=True))
        return sorted(one.path for one in found if one.type == pafs.FileType.File)

    def raw(self):
        """A client that takes any key."""
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
