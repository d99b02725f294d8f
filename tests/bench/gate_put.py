#!/usr/bin/python3
"""put of one file into sluis-gate against OpenSSH's internal-sftp: wall time of the same client, in alternating pairs.

usage: gate_put.py BUILD_DIR [--pairs N] [--mib N] [--cipher NAME]... [--folder DIR]

Both servers run on free ports of the loopback, with the same target folder (default /dev/shm). Prints, for the client's
default cipher and for aes128-gcm@openssh.com, the ratio of each pair (gate / OpenSSH; below 1.0 the gate is faster), the
median, and how many pairs lie above 1.0.
"""

import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "scenario"))
from gate_fixture import Gate, make_key  # noqa: E402


class Sshd:
    """A private OpenSSH server with internal-sftp, for the account that runs this."""

    def __init__(self, folder: pathlib.Path, key: pathlib.Path):
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        make_key(folder / "sshd_host_key")
        (folder / "authorized_keys").write_text(pathlib.Path(f"{key}.pub").read_text())
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/sshd_host_key\nPidFile none\n"
            f"AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
            "PasswordAuthentication no\nSubsystem sftp internal-sftp\n")
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", folder / "sshd_config"],
                                        stderr=open(folder / "sshd.log", "wb"))

    def stop(self):
        self.process.terminate()
        self.process.wait()


def put(port: int, user: str, key: pathlib.Path, source: pathlib.Path, target: str, cipher: str | None) -> float:
    options = ["-c", cipher] if cipher else []
    start = time.monotonic()
    subprocess.run(
        ["sftp", "-F", "none", "-q", *options, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
         "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR", "-i", key, "-P", str(port), "-b", "-", f"{user}@127.0.0.1"],
        input=f"put {source} {target}\n", text=True, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build_dir")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--cipher", action="append")
    parser.add_argument("--folder", default="/dev/shm")
    arguments = parser.parse_args()
    os.environ["SLUIS_BUILD_DIR"] = os.path.abspath(arguments.build_dir)

    work = pathlib.Path(tempfile.mkdtemp(prefix="sluis-gate-put-", dir=arguments.folder))
    gate = Gate(work)
    sshd = None
    try:
        home = gate.add_provider("p0001")
        key = gate.key("p0001")
        sshd = Sshd(work, key)
        gate.start()
        source = work / "source"
        with open(source, "wb") as out:
            for _ in range(arguments.mib):
                out.write(os.urandom(1 << 20))
        own_account = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        landing = work / "openssh"
        landing.mkdir()

        def gate_once(cipher):
            taken = put(gate.port, "p0001", key, source, "inbox/put.csv", cipher)
            assert (home / "inbox" / "put.csv").stat().st_size == source.stat().st_size
            (home / "inbox" / "put.csv").unlink()
            return taken

        def openssh_once(cipher):
            taken = put(sshd.port, own_account, key, source, f"{landing}/put.csv", cipher)
            assert (landing / "put.csv").stat().st_size == source.stat().st_size
            (landing / "put.csv").unlink()
            return taken

        for cipher in arguments.cipher or [None, "aes128-gcm@openssh.com"]:
            openssh_once(cipher), gate_once(cipher)
            ratios = []
            for pair in range(arguments.pairs):
                # Who goes first alternates too.
                if pair % 2 == 0:
                    ours, theirs = gate_once(cipher), openssh_once(cipher)
                else:
                    theirs, ours = openssh_once(cipher), gate_once(cipher)
                ratios.append(ours / theirs)
                print(f"  {cipher or 'default cipher'} pair {pair + 1}: {ratios[-1]:.2f}  ({ours:.2f} s / {theirs:.2f} s)",
                      flush=True)
            above = sum(ratio > 1.0 for ratio in ratios)
            print(f"put of {arguments.mib} MiB, {cipher or 'default cipher'}: median {statistics.median(ratios):.2f} of "
                  f"OpenSSH's time, {above} of {len(ratios)} pairs above 1.0")
    finally:
        gate.stop()
        if sshd is not None:
            sshd.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
