"""A private sluis-gate with its own drop folder and roster, as sluisd would make them."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import paramiko

GIB = 1 << 30


def build_dir() -> pathlib.Path:
    """Where the programs are: SLUIS_BUILD_DIR, or the release preset's folder."""
    root = pathlib.Path(__file__).resolve().parents[2]
    return pathlib.Path(os.environ.get("SLUIS_BUILD_DIR", root / "build" / "release"))


def is_sanitized() -> bool:
    """Sanitizers need system calls and memory that a confined session has not."""
    return b"__asan_init" in (build_dir() / "bin" / "sluis-gate").read_bytes()


def make_key(path: pathlib.Path) -> pathlib.Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", path], check=True)
    return path


class Gate:
    def __init__(self, folder: pathlib.Path, *options: str, env: dict | None = None):
        self.folder = folder
        self.drop = folder / "drop"
        self.roster = folder / "roster"
        self.log_path = folder / "gate.log"
        for made in (self.drop, self.roster):
            made.mkdir(parents=True, exist_ok=True)
        self.host_key = folder / "host_key"
        if not self.host_key.exists():
            make_key(self.host_key)
        self.options = options
        self.env = env or {}
        self.port = 0
        self.process: subprocess.Popen | None = None

    def start(self) -> "Gate":
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [build_dir() / "bin" / "sluis-gate", "--host-key", self.host_key, "--drop", self.drop, "--roster",
             self.roster, "--port-file", port_file, "--port", str(self.port), *self.options],
            stderr=log, env={**os.environ, **self.env})
        log.close()
        self.wait_for(port_file.exists, "the gate is ready")
        self.port = int(port_file.read_text())
        public = (self.folder / "host_key.pub").read_text().split()
        (self.folder / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {public[0]} {public[1]}\n")
        return self

    def stop(self, how: int = signal.SIGTERM) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process = None
        return status

    def wait_for(self, holds, what: str, seconds: float = 20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = holds()
            if found:
                return found
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the gate ended before: {what}\n{self.log()}")
            time.sleep(0.02)
        raise AssertionError(f"never: {what}\n{self.log()}")

    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def wait_for_log(self, pattern: str):
        return self.wait_for(lambda: re.search(pattern, self.log()), f"a log line {pattern!r}")

    def sessions(self) -> list[int]:
        """The process ids of the running sessions."""
        out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True)
        return [int(line) for line in out.stdout.split()]

    # What sluisd does.

    def key(self, user: str) -> pathlib.Path:
        path = self.folder / f"{user}_key"
        return path if path.exists() else make_key(path)

    def add_provider(self, user: str, *, suspended=False, max_file=4 * GIB, quota=16 * GIB, folders=True) -> pathlib.Path:
        public = pathlib.Path(f"{self.key(user)}.pub").read_text().strip()
        text = (f"sluis-roster 1\nprovider {user.upper()}\nuser {user}\nsuspended {'yes' if suspended else 'no'}\n"
                f"max-file-bytes {max_file}\nquota-bytes {quota}\nkey {public}\nend\n")
        temporary = self.roster / f".{user}.tmp"
        temporary.write_text(text)
        temporary.rename(self.roster / f"{user}.roster")
        home = self.drop / user
        if folders:
            for name in ("inbox", "test", "outbox", ".taken"):
                (home / name).mkdir(parents=True, exist_ok=True)
            (home / "STATUS.txt").write_text("Alles in orde.\n")
        return home

    def take(self, user: str, name: str):
        """As sluisd takes a file out of the inbox."""
        path = self.drop / user / "inbox" / name
        status = path.stat()
        (self.drop / user / ".taken" / name).write_text(f"{status.st_size} {int(status.st_mtime)}\n")
        path.unlink()

    # Clients.

    def _options(self, user: str, key: pathlib.Path | None = None) -> list[str]:
        return ["-F", "none", "-o", f"UserKnownHostsFile={self.folder / 'known_hosts'}", "-o", "IdentitiesOnly=yes",
                "-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-i", str(key or self.key(user))]

    def sftp(self, user: str, batch: str, *options: str, key=None, timeout=60) -> subprocess.CompletedProcess:
        """OpenSSH's sftp with a batch; a line that begins with '-' may fail."""
        return subprocess.run(
            ["sftp", *self._options(user, key), *options, "-P", str(self.port), "-b", "-", f"{user}@127.0.0.1"],
            input=batch, capture_output=True, text=True, timeout=timeout)

    def scp(self, user: str, *arguments: str, timeout=60) -> subprocess.CompletedProcess:
        return subprocess.run(["scp", "-s", *self._options(user), "-P", str(self.port), *arguments],
                              capture_output=True, text=True, timeout=timeout)

    def ssh(self, user: str, *arguments: str, timeout=60) -> subprocess.CompletedProcess:
        return subprocess.run(["ssh", *self._options(user), "-p", str(self.port), f"{user}@127.0.0.1", *arguments],
                              capture_output=True, text=True, timeout=timeout)

    @contextlib.contextmanager
    def paramiko(self, user: str, key: pathlib.Path | None = None):
        """A paramiko SFTPClient."""
        transport = paramiko.Transport(("127.0.0.1", self.port))
        try:
            transport.connect(username=user, pkey=paramiko.Ed25519Key.from_private_key_file(str(key or self.key(user))))
            client = paramiko.SFTPClient.from_transport(transport)
            client.get_channel().settimeout(30)
            yield client
        finally:
            transport.close()


@contextlib.contextmanager
def running(folder: pathlib.Path, *options: str, env: dict | None = None):
    gate = Gate(folder, *options, env=env)
    try:
        yield gate.start()
    finally:
        gate.stop()
        shutil.rmtree(gate.drop, ignore_errors=True)
