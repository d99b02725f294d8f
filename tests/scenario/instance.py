"""A complete private instance, by the one way there is (sluis sandbox), and the hands of those who use it."""

import email
import email.policy
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import psycopg2

ROOT = pathlib.Path(__file__).resolve().parents[2]

HEADER = (
    "bsn;geboortedatum;geslacht;postcode;gemeentecode;verwijzer;hulpvorm;gestart_met_crisis;datum_aanvang;datum_einde;"
    "reden_beeindiging;tevredenheid_1;informant_1"
)


def build_dir() -> pathlib.Path:
    """Where the programs are: SLUIS_BUILD_DIR, or the release preset's folder."""
    return pathlib.Path(os.environ.get("SLUIS_BUILD_DIR", ROOT / "build" / "release"))


def bsns(count: int, start: int = 900000000):
    """Numbers that pass the eleven-test, from `start` up; the range is not given out to people."""
    number = start
    while count:
        digits = [int(d) for d in f"{number:09d}"]
        if sum(d * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0:
            yield f"{number:09d}"
            count -= 1
        number += 1


def csv(records: int = 20, start: int = 900000000, mark: int = 8, begin: str = "20260201") -> bytes:
    """A right delivery; `mark` changes its bytes and nothing that makes a record another one."""
    lines = [HEADER]
    for bsn in bsns(records, start):
        lines.append(f"{bsn};20120514;V;1315AB;GM0034;02;02;N;{begin};20260601;01;{mark};J")
    return ("\r\n".join(lines) + "\r\n").encode()


def wait_for(holds, what: str, seconds: float = 30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never: {what}")


def state_of(pid: int) -> str:
    """One letter as in ps(1): R, S, T (stopped), Z; '' when gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


class Instance:
    def __init__(self, folder: pathlib.Path, providers: int = 1):
        self.folder = folder
        self.count = providers
        self.work = folder.parent / (folder.name + "-work")
        self.work.mkdir(parents=True, exist_ok=True)
        self.info: dict = {}

    # The instance.

    def up(self, **env: str) -> "Instance":
        done = subprocess.run(
            [build_dir() / "bin" / "sluis", "sandbox", "up", "--dir", self.folder, "--providers", str(self.count),
             "--json"], capture_output=True, text=True, timeout=120, env={**os.environ, **env})
        assert done.returncode == 0, done.stderr + self.log()
        self.info = json.loads(done.stdout)
        return self

    def down(self):
        subprocess.run([build_dir() / "bin" / "sluis", "sandbox", "down", "--dir", self.folder], check=True,
                       capture_output=True, timeout=120)

    def kill(self, which: str):
        """SIGKILL to one of postgres, sluisd, gate; returns when it is gone."""
        pid = self.info["pids"][which]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: state_of(pid) in ("", "Z"), f"{which} is dead")

    def without_snapshots(self) -> "Instance":
        """Runs are not followed by snapshots: for who measures a run, or counts processes."""
        config = pathlib.Path(self.info["config"])
        lines = [line if not line.startswith("snapshot_program:") else f"snapshot_program: {shutil.which('true')}"
                 for line in config.read_text().splitlines()]
        config.write_text("\n".join(lines) + "\n")
        os.kill(self.info["pids"]["sluisd"], signal.SIGHUP)
        return self

    def log(self) -> str:
        folder = self.folder / "log"
        return "\n".join(f"--- {each.name}\n{each.read_text(errors='replace')[-4000:]}"
                         for each in sorted(folder.glob("*")) if each.is_file()) if folder.exists() else ""

    # The operator.

    def sluis(self, *words: str, check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run([build_dir() / "bin" / "sluis", "--config", self.info["config"], *words],
                              capture_output=True, text=True, timeout=300)
        if check:
            assert done.returncode == 0, f"sluis {' '.join(words)}: {done.stdout}{done.stderr}{self.log()}"
        return done

    def start_run(self) -> subprocess.Popen:
        return subprocess.Popen([build_dir() / "bin" / "sluis", "--config", self.info["config"], "run", "now"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def deliveries(self, **only) -> list[dict]:
        rows = json.loads(self.sluis("delivery", "list", "--json").stdout)
        return [row for row in rows if all(row[key] == value for key, value in only.items())]

    def query(self, sql: str, *values):
        connection = psycopg2.connect(self.info["dsn"])
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def mails(self, **headers: str) -> list[email.message.EmailMessage]:
        """By header, _ for -: mails(X_Sluis_Kind="foutrapport")."""
        found = []
        for path in sorted(pathlib.Path(self.info["maildir"]).glob("new/*")):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if all(mail[name.replace("_", "-")] == value for name, value in headers.items()):
                found.append(mail)
        return found

    # The provider.

    def provider(self, number: int = 0) -> dict:
        return self.info["providers"][number]

    def sftp(self, *commands: str, provider: int = 0, check: bool = True) -> subprocess.CompletedProcess:
        who = self.provider(provider)
        sftp = self.info["sftp"]
        done = subprocess.run(
            ["sftp", "-q", "-b", "-", "-i", who["ssh_key"], "-P", str(sftp["port"]), "-o", "IdentitiesOnly=yes", "-o",
             f"UserKnownHostsFile={sftp['known_hosts']}", "-o", "BatchMode=yes", f"{who['user']}@{sftp['host']}"],
            input="".join(command + "\n" for command in commands), capture_output=True, text=True, timeout=120)
        if check:
            assert done.returncode == 0, done.stdout + done.stderr + self.log()
        return done

    def sign(self, file: pathlib.Path, namespace: str, provider: int = 0, key: str | None = None) -> pathlib.Path:
        signature = file.with_name(file.name + ".sig")
        signature.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key or self.provider(provider)["signing_key"], "-n",
                        namespace, file], check=True, capture_output=True)
        return signature

    def sign_cms(self, file: pathlib.Path, provider: int = 0) -> pathlib.Path:
        signature = file.with_name(file.name + ".p7s")
        who = self.provider(provider)
        subprocess.run(["openssl", "cms", "-sign", "-binary", "-in", file, "-signer", who["cms_cert"], "-inkey",
                        who["cms_key"], "-outform", "DER", "-out", signature], check=True, capture_output=True)
        return signature

    def write(self, name: str, content: bytes) -> pathlib.Path:
        path = self.work / name
        path.write_bytes(content)
        return path

    def deliver(self, name: str, content: bytes, signature: str | None = "ssh", provider: int = 0,
                folder: str = "inbox", namespace: str | None = None, key: str | None = None):
        """Puts a delivery with the stock client: the data file, then its signature."""
        file = self.write(name, content)
        commands = [f"put {file} {folder}/{name}"]
        if signature == "ssh":
            stem = "_".join(name.split(".")[0].split("_")[:2])
            space = namespace or f"sluis:{self.provider(provider)['code']}:{stem}"
            commands.append(f"put {self.sign(file, space, provider, key)} {folder}/{name}.sig")
        elif signature == "cms":
            commands.append(f"put {self.sign_cms(file, provider)} {folder}/{name}.p7s")
        self.sftp(*commands, provider=provider)

    def wait_state(self, state: str, name: str, count: int = 1, seconds: float = 30) -> dict:
        def found():
            rows = self.deliveries(file=name, state=state)
            return rows[-1] if len(rows) >= count else None
        try:
            return wait_for(found, f"{name} is {state}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.deliveries()}\n{self.log()}") from None


def remove(folder: pathlib.Path):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder.parent / (folder.name + "-work"), ignore_errors=True)
