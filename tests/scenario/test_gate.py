"""sluis-gate with the real clients: OpenSSH's sftp and scp, and paramiko."""

import errno
import os
import pathlib
import signal
import socket
import struct
import subprocess
import time

import paramiko
import pytest
from paramiko.sftp import CMD_EXTENDED, CMD_STATUS

from gate_fixture import build_dir, is_sanitized, make_key, running


@pytest.fixture
def gate(tmp_path):
    with running(tmp_path) as started:
        started.home = started.add_provider("p0001")
        yield started


@pytest.fixture
def delivery(tmp_path):
    path = tmp_path / "jeugdhulp_2026H1.csv"
    path.write_bytes(os.urandom(700_001))
    return path


def status_of(client: paramiko.SFTPClient, request, *arguments) -> tuple[int, str]:
    """Sends one request and returns the status reply's code and text."""
    number = client._async_request(type(None), request, *arguments)
    kind, message = client._read_packet()
    reply = paramiko.Message(message)
    assert reply.get_int() == number
    assert kind == CMD_STATUS
    return reply.get_int(), reply.get_text()


# --- the view -----------------------------------------------------------------------------------------------------------


def test_the_root_lists_what_the_contract_names(gate):
    with gate.paramiko("p0001") as client:
        assert sorted(client.listdir("/")) == ["STATUS.txt", "inbox", "outbox", "test"]
        assert client.normalize(".") == "/"
        assert client.normalize("inbox/../test/./x") == "/test/x"


def test_openssh_puts_lists_renames_and_removes(gate, delivery):
    result = gate.sftp("p0001", f"put -p {delivery} inbox/.new.part\nrename inbox/.new.part inbox/new.csv\nls -l inbox\n")
    assert result.returncode == 0, result.stderr
    assert "700001" in result.stdout and "new.csv" in result.stdout
    landed = gate.home / "inbox" / "new.csv"
    assert landed.read_bytes() == delivery.read_bytes()
    assert landed.stat().st_mode & 0o777 == 0o660
    assert gate.sftp("p0001", "rm inbox/new.csv\n").returncode == 0
    assert not landed.exists()


def test_scp_delivers_and_keeps_times_silently(gate, delivery):
    result = gate.scp("p0001", "-p", str(delivery), "p0001@127.0.0.1:inbox/")
    assert result.returncode == 0, result.stderr
    assert (gate.home / "inbox" / delivery.name).read_bytes() == delivery.read_bytes()


def test_paramiko_puts_and_confirms_the_size(gate, delivery):
    with gate.paramiko("p0001") as client:
        assert client.put(str(delivery), "inbox/a.csv", confirm=True).st_size == 700_001
        client.utime("inbox/a.csv", (1, 1))
        client.chmod("inbox/a.csv", 0o777)
    assert (gate.home / "inbox" / "a.csv").stat().st_mode & 0o777 == 0o660


def test_an_interrupted_upload_is_resumed(gate, delivery):
    (gate.home / "inbox" / "a.csv").write_bytes(delivery.read_bytes()[:300_000])
    result = gate.sftp("p0001", f"reput {delivery} inbox/a.csv\n")
    assert result.returncode == 0, result.stderr
    assert (gate.home / "inbox" / "a.csv").read_bytes() == delivery.read_bytes()


def test_appending_and_truncating_an_own_upload(gate):
    with gate.paramiko("p0001") as client:
        with client.open("inbox/a.csv", "w") as out:
            out.write(b"one,two\n")
        with client.open("inbox/a.csv", "a") as out:
            out.write(b"three\n")
        client.truncate("inbox/a.csv", 10)
    assert (gate.home / "inbox" / "a.csv").read_bytes() == b"one,two\nth"


def test_uploads_cannot_be_read_back(gate, delivery):
    with gate.paramiko("p0001") as client:
        client.put(str(delivery), "inbox/a.csv")
        with pytest.raises(PermissionError):
            client.open("inbox/a.csv", "r")
        for mode in ("r+", "a+"):  # for writing they are given: so clients resume
            with client.open("inbox/a.csv", mode) as out, pytest.raises(PermissionError):
                out.seek(0)
                out.read(10)
    assert (gate.home / "inbox" / "a.csv").read_bytes() == delivery.read_bytes()


def test_a_client_that_opens_for_reading_and_writing_resumes(gate, delivery):
    whole = delivery.read_bytes()
    (gate.home / "inbox" / "a.csv").write_bytes(whole[:300_000])
    with gate.paramiko("p0001") as client, client.open("inbox/a.csv", "r+") as out:
        out.seek(client.stat("inbox/a.csv").st_size)
        out.write(whole[300_000:])
    assert (gate.home / "inbox" / "a.csv").read_bytes() == whole


def test_the_outbox_and_the_status_are_read_only(gate, tmp_path):
    (gate.home / "outbox" / "r.json").write_text("{}" * 100_000)
    (gate.home / "outbox" / ".r.tmp").write_text("half")
    result = gate.sftp("p0001", f"get outbox/r.json {tmp_path}/r.json\nget STATUS.txt {tmp_path}/s.txt\n")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "r.json").read_text() == "{}" * 100_000
    with gate.paramiko("p0001") as client:
        assert client.listdir("outbox") == ["r.json"]
        for path in ("outbox/r.json", "outbox/new", "STATUS.txt", "new", "inbox", "/"):
            with pytest.raises(OSError):
                client.open(path, "w")
        for refused in (lambda: client.remove("outbox/r.json"), lambda: client.remove("STATUS.txt"),
                        lambda: client.rename("outbox/r.json", "outbox/x"), lambda: client.chmod("STATUS.txt", 0o777),
                        lambda: client.rename("outbox/r.json", "inbox/x"), lambda: client.open("outbox/.r.tmp")):
            with pytest.raises(OSError):
                refused()
    assert (gate.home / "STATUS.txt").read_text() == "Alles in orde.\n"


def test_a_taken_file_stays_listed_but_cannot_be_touched(gate, delivery):
    with gate.paramiko("p0001") as client:
        client.put(str(delivery), "inbox/a.csv")
        gate.take("p0001", "a.csv")
        assert client.stat("inbox/a.csv").st_size == 700_001
    with gate.paramiko("p0001") as client:
        assert [(e.filename, e.st_size) for e in client.listdir_attr("inbox")] == [("a.csv", 700_001)]
        for refused in (lambda: client.remove("inbox/a.csv"), lambda: client.rename("inbox/a.csv", "inbox/b.csv"),
                        lambda: client.truncate("inbox/a.csv", 0), lambda: client.open("inbox/a.csv", "r+")):
            with pytest.raises(PermissionError):
                refused()
        with client.open("inbox/a.csv", "w") as again:
            again.write(b"new")
        assert [(e.filename, e.st_size) for e in client.listdir_attr("inbox")] == [("a.csv", 3)]


def test_a_taken_file_is_forgotten_after_seven_days(gate):
    record = gate.home / ".taken" / "old.csv"
    record.write_text("5 1000000000\n")
    with gate.paramiko("p0001") as client:
        assert client.listdir("inbox") == ["old.csv"]
        assert client.stat("inbox/old.csv").st_mtime == 1_000_000_000
        week_ago = time.time() - 7 * 86400 - 5
        os.utime(record, (week_ago, week_ago))
        assert client.listdir("inbox") == []


def test_stat_answers_for_what_was_sent_in_this_session_even_without_a_record(gate, delivery):
    with gate.paramiko("p0001") as client:
        client.put(str(delivery), "test/.a.part")
        client.rename("test/.a.part", "test/a.csv")
        (gate.home / "test" / "a.csv").unlink()
        assert client.stat("test/a.csv").st_size == 700_001


def test_a_plain_rename_never_replaces_and_a_posix_rename_does(gate):
    for name in ("a", "b"):
        (gate.home / "inbox" / name).write_text(name)
    with gate.paramiko("p0001") as client:
        with pytest.raises(OSError):
            client.rename("inbox/a", "inbox/b")
        assert (gate.home / "inbox" / "b").read_text() == "b"
        client.posix_rename("inbox/a", "inbox/b")
    assert (gate.home / "inbox" / "b").read_text() == "a"


# --- nobody gets out ----------------------------------------------------------------------------------------------------


def test_planted_links_lead_nowhere(gate, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    other = gate.add_provider("p0002")
    (other / "outbox" / "theirs").write_text("theirs")
    for folder in ("inbox", "outbox"):
        (gate.home / folder / "link").symlink_to(secret)
        (gate.home / folder / "up").symlink_to("../../p0002/outbox")
        os.link(secret, gate.home / folder / "hard")
        os.mkfifo(gate.home / folder / "fifo")
    (other / "outbox").rename(other / "moved")
    (other / "outbox").symlink_to(gate.home / "outbox")
    with gate.paramiko("p0001") as client:
        assert client.listdir("inbox") == [] and client.listdir("outbox") == []
        for name in ("link", "up", "hard", "fifo", "up/theirs"):
            for attempt in (lambda: client.stat(f"outbox/{name}"), lambda: client.open(f"outbox/{name}"),
                            lambda: client.open(f"inbox/{name}", "r+"), lambda: client.open(f"inbox/{name}", "a"),
                            lambda: client.remove(f"inbox/{name}"), lambda: client.truncate(f"inbox/{name}", 0),
                            lambda: client.rename(f"inbox/{name}", "inbox/mine")):
                with pytest.raises(OSError):
                    attempt()
    with gate.paramiko("p0002") as client:
        with pytest.raises(OSError):
            client.listdir("outbox")
    assert secret.read_text() == "secret"


@pytest.mark.parametrize("name", [
    "../x", "inbox/../../x", "/inbox/../..//../etc/x", "inbox/a/b", "inbox/..", "inbox/.taken", "inbox/.taken/x",
    ".taken/x", "inbox/a\nb", "inbox/a\x7fb", "inbox/a\\b", "inbox/a\u202eb", "inbox/" + "n" * 201, "x" * 5000,
    "inbox/a\0b", "../p0002/inbox/x"])
def test_a_name_that_leads_elsewhere_is_refused(gate, name):
    gate.add_provider("p0002")
    before = sorted(str(p) for p in gate.folder.rglob("*") if "log" not in p.name)
    (gate.home / "inbox" / "a").write_text("a")
    with gate.paramiko("p0001") as client:
        with pytest.raises(OSError):
            client.open(name, "w")
        for rename in (client.rename, client.posix_rename):
            with pytest.raises(OSError):
                rename("inbox/a", name)
        assert client.listdir("inbox") == ["a"]
    (gate.home / "inbox" / "a").unlink()
    assert sorted(str(p) for p in gate.folder.rglob("*") if "log" not in p.name) == before


def test_one_provider_never_sees_another(gate):
    other = gate.add_provider("p0002")
    (other / "outbox" / "theirs").write_text("theirs")
    with gate.paramiko("p0001") as client:
        for path in ("/p0002/outbox/theirs", "../p0002/outbox/theirs", "outbox/../../p0002/outbox/theirs"):
            with pytest.raises(OSError):
                client.open(path)


def test_a_session_process_is_confined(gate):
    with gate.paramiko("p0001") as client:
        client.listdir("/")
        status = pathlib.Path(f"/proc/{gate.sessions()[0]}/status").read_text()
    assert "NoNewPrivs:\t1" in status
    assert "Seccomp:\t2" in status or is_sanitized()


# --- what is refused, and how -------------------------------------------------------------------------------------------


def test_an_unknown_request_is_answered_and_the_session_goes_on(gate):
    with gate.paramiko("p0001") as client:
        assert status_of(client, CMD_EXTENDED, "no-such@example.org", "x")[0] == 8
        assert status_of(client, 99, "x")[0] == 8
        assert status_of(client, CMD_EXTENDED, "statvfs@openssh.com", "/")[0] == 8
        assert status_of(client, 3)[0] == 5  # an open without its fields
        assert sorted(client.listdir("/"))[0] == "STATUS.txt"


def test_folders_and_links_cannot_be_made(gate):
    with gate.paramiko("p0001") as client:
        for refused in (lambda: client.mkdir("inbox/x"), lambda: client.rmdir("inbox"), lambda: client.mkdir("x"),
                        lambda: client.symlink("/etc/passwd", "inbox/x"), lambda: client.readlink("inbox")):
            with pytest.raises(OSError):
                refused()
        assert client.listdir("inbox") == []


def test_only_sftp_is_served(gate):
    for arguments in (("id",), (), ("-s", "shell"), ("-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1")):
        result = gate.ssh("p0001", *arguments)
        assert result.returncode != 0
        assert "uid=" not in result.stdout
    transport = paramiko.Transport(("127.0.0.1", gate.port))
    transport.connect(username="p0001", pkey=paramiko.Ed25519Key.from_private_key_file(str(gate.key("p0001"))))
    try:
        with pytest.raises(paramiko.ChannelException):
            transport.open_channel("direct-tcpip", ("127.0.0.1", gate.port), ("127.0.0.1", 1))
        client = paramiko.SFTPClient.from_transport(transport)
        with pytest.raises(paramiko.ChannelException):
            transport.open_session()
        assert client.listdir("inbox") == []
    finally:
        transport.close()


def test_a_file_that_is_too_large_is_refused_and_gone(tmp_path, delivery):
    with running(tmp_path) as gate:
        home = gate.add_provider("p0001", max_file=512 << 10)
        (home / "inbox" / "other.csv").write_text("other")
        result = gate.sftp("p0001", f"put {delivery} inbox/a.csv\n")
        assert result.returncode != 0
        assert "file larger than 512 KiB" in result.stderr
        assert os.listdir(home / "inbox") == ["other.csv"]
        with gate.paramiko("p0001") as client:
            with pytest.raises(OSError, match="file larger than 512 KiB"):
                client.put(str(delivery), "inbox/a.csv")
            assert client.listdir("inbox") == ["other.csv"]
            with client.open("inbox/b.csv", "w") as small:
                small.write(b"x" * 1000)
            with pytest.raises(OSError, match="file larger than 512 KiB"):
                client.truncate("inbox/b.csv", 1 << 40)


def test_the_quota_counts_what_lies_in_both_folders(tmp_path, delivery):
    with running(tmp_path) as gate:
        home = gate.add_provider("p0001", quota=1 << 20)
        with gate.paramiko("p0001") as client:
            client.put(str(delivery), "test/a.csv")
            with pytest.raises(OSError, match="more than 1 MiB"):
                client.put(str(delivery), "inbox/b.csv")
            assert os.listdir(home / "inbox") == []
            client.remove("test/a.csv")
            client.put(str(delivery), "inbox/b.csv")


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system can only be mounted as root")
def test_a_full_disk_is_told_and_leaves_no_partial_file(tmp_path, delivery):
    with running(tmp_path) as gate:
        home = gate.add_provider("p0001")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "none", home / "inbox"]).returncode != 0:
            pytest.skip("mounting is not allowed here")
        try:
            (home / "inbox" / "other.csv").write_text("other")
            result = gate.sftp("p0001", f"put {delivery} inbox/a.csv\n")
            assert result.returncode != 0
            assert "no space left on the server" in result.stderr
            assert os.listdir(home / "inbox") == ["other.csv"]
            assert gate.sftp("p0001", f"put {home}/STATUS.txt inbox/small.txt\n").returncode == 0
        finally:
            subprocess.run(["umount", "-l", home / "inbox"], check=True)


def test_a_missing_folder_is_told(tmp_path):
    with running(tmp_path) as gate:
        home = gate.add_provider("p0001")
        (home / "inbox").rmdir()
        with gate.paramiko("p0001") as client:
            with pytest.raises(OSError, match="inbox is missing on the server"):
                client.open("inbox/x", "w")
        assert not (home / "inbox").exists()


def test_more_open_files_than_allowed_are_refused(gate):
    with gate.paramiko("p0001") as client:
        held = [client.open(f"inbox/{i}", "w") for i in range(64)]
        with pytest.raises(OSError, match="too many"):
            client.open("inbox/one-more", "w")
        assert not (gate.home / "inbox" / "one-more").exists()
        held.pop().close()
        client.open("inbox/one-more", "w").close()


def test_a_giant_length_ends_only_that_session(gate):
    with gate.paramiko("p0001") as other, gate.paramiko("p0001") as client:
        channel = client.get_channel()
        channel.sendall(struct.pack(">I", 0xFFFFFFFF) + b"\x06" + b"x" * 1000)
        with pytest.raises((EOFError, OSError, paramiko.SSHException)):
            client.listdir("inbox")
        assert other.listdir("inbox") == []


def test_requests_in_pieces_and_in_heaps_are_all_answered(gate):
    with gate.paramiko("p0001") as client:
        channel = client.get_channel()
        stat = lambda number: struct.pack(">IBII", 14, 17, number, 5) + b"inbox"  # noqa: E731
        for byte in stat(1):
            channel.sendall(bytes([byte]))
        channel.sendall(b"".join(stat(number) for number in range(2, 3000)))
        seen = [paramiko.Message(client._read_packet()[1]).get_int() for _ in range(2999)]
        assert seen == list(range(1, 3000))


def test_a_client_that_does_not_read_its_answers_is_not_buffered_without_end(gate):
    (gate.home / "outbox" / "big").write_bytes(os.urandom(1 << 20))
    with gate.paramiko("p0001") as client:
        channel = client.get_channel()
        opened = client.open("outbox/big")
        handle = opened.handle
        read = lambda number: (struct.pack(">IBII", 4 + len(handle) + 17, 5, number, len(handle)) + handle  # noqa: E731
                               + struct.pack(">QI", 0, 200_000))
        channel.settimeout(3)
        sent = 0
        with pytest.raises(socket.timeout):
            while sent < 1_000_000:
                channel.sendall(read(sent))
                sent += 1
        pid = gate.sessions()[0]
        resident = int(pathlib.Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])
        assert resident < 40_000 or is_sanitized()  # kB
        # It still answers in order once it is listened to.
        first = paramiko.Message(client._read_packet()[1])
        assert first.get_int() == 0


# --- who gets in --------------------------------------------------------------------------------------------------------


def test_a_wrong_key_and_an_unknown_user_look_the_same(gate, tmp_path):
    stranger = make_key(tmp_path / "stranger")
    answers = []
    for user in ("p0001", "nobody", "../p0001", "P0001"):
        result = gate.sftp(user, "ls\n", key=stranger)
        assert result.returncode == 255
        answers.append(result.stderr.replace(user, "USER"))
    assert len(set(answers)) == 1, answers
    assert "stranger" not in gate.log() and "nobody" not in gate.log()
    gate.wait_for_log("login refused: p0001")
    gate.wait_for_log("login refused: unknown user")


def test_a_suspended_provider_is_not_let_in_and_a_running_session_ends(gate, delivery):
    with gate.paramiko("p0001") as client:
        client.put(str(delivery), "inbox/a.csv")
        gate.add_provider("p0001", suspended=True)
        assert client.listdir("inbox") == ["a.csv"]
        gate.process.send_signal(signal.SIGHUP)
        gate.wait_for(lambda: not gate.sessions(), "the session has ended")
    assert gate.sftp("p0001", "ls\n").returncode == 255
    gate.add_provider("p0001")
    assert gate.sftp("p0001", "ls\n").returncode == 0
    assert (gate.home / "inbox" / "a.csv").read_bytes() == delivery.read_bytes()


def test_a_new_provider_gets_in_at_once_and_nobody_is_dropped(gate):
    with gate.paramiko("p0001") as client:
        gate.add_provider("p0002")
        gate.process.send_signal(signal.SIGHUP)
        with gate.paramiko("p0002") as other:
            other.listdir("inbox")
            (gate.roster / "p0002.roster").write_text("sluis-roster 1\nprov")
            client.listdir("inbox")
    assert gate.sftp("p0002", "ls\n").returncode == 255
    gate.wait_for_log("p0002.roster lets nobody in")


def test_the_login_deadline_holds_whatever_the_client_sends(tmp_path):
    with running(tmp_path, "--login-deadline", "2") as gate:
        gate.add_provider("p0001")
        silent = socket.create_connection(("127.0.0.1", gate.port))
        slow = socket.create_connection(("127.0.0.1", gate.port))
        start = time.monotonic()
        end = start + 10
        slow.settimeout(0.2)
        closed = False
        while time.monotonic() < end and not closed:
            try:
                slow.send(b"S")
                while not closed:
                    closed = slow.recv(4096) == b""
            except socket.timeout:
                continue
            except OSError:
                closed = True
        assert closed and time.monotonic() - start < 6
        silent.settimeout(5)
        while silent.recv(4096):
            pass
        gate.wait_for_log("no login from 127.0.0.1 within 2 s")
        # Logged in without asking for anything counts as not begun.
        transport = paramiko.Transport(("127.0.0.1", gate.port))
        transport.connect(username="p0001", pkey=paramiko.Ed25519Key.from_private_key_file(str(gate.key("p0001"))))
        gate.wait_for(lambda: not transport.is_active(), "the idle login is dropped", 8)
        transport.close()


def test_attempts_are_limited(gate, tmp_path):
    transport = paramiko.Transport(("127.0.0.1", gate.port))
    transport.start_client()
    stranger = paramiko.Ed25519Key.from_private_key_file(str(make_key(tmp_path / "stranger")))
    attempts = 0
    with pytest.raises((paramiko.SSHException, EOFError, OSError)):
        while attempts < 50:
            attempts += 1
            try:
                transport.auth_publickey("p0001", stranger)
            except paramiko.AuthenticationException:
                if not transport.is_active():
                    raise paramiko.SSHException("dropped") from None
    transport.close()
    assert attempts <= 7


def test_sessions_of_one_provider_are_limited(tmp_path):
    with running(tmp_path, "--max-per-provider", "2") as gate:
        gate.add_provider("p0001")
        gate.add_provider("p0002")
        with gate.paramiko("p0001"), gate.paramiko("p0001"):
            assert gate.sftp("p0001", "ls\n").returncode == 255
            assert gate.sftp("p0002", "ls\n").returncode == 0
        gate.wait_for(lambda: not gate.sessions(), "the sessions have ended")
        assert gate.sftp("p0001", "ls\n").returncode == 0


@pytest.mark.parametrize("cipher", ["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com",
                                    "aes256-ctr"])
def test_keys_are_exchanged_anew_in_the_middle_of_an_upload(gate, tmp_path, cipher):
    big = tmp_path / "big.csv"
    big.write_bytes(os.urandom(1 << 20) * 24)
    result = gate.sftp("p0001", f"put {big} inbox/big.csv\nls inbox\n", "-c", cipher, "-o", "RekeyLimit=2M")
    assert result.returncode == 0, result.stderr
    assert (gate.home / "inbox" / "big.csv").read_bytes() == big.read_bytes()


@pytest.mark.parametrize("option", ["Ciphers=aes128-cbc", "Ciphers=3des-cbc", "MACs=hmac-sha1", "Compression=yes",
                                    "KexAlgorithms=diffie-hellman-group14-sha1", "HostKeyAlgorithms=ssh-rsa"])
def test_weak_algorithms_are_not_spoken(gate, option):
    extra = ["-o", "Ciphers=aes256-ctr"] if option.startswith("MACs") else []
    result = gate.sftp("p0001", "ls\n", "-v", "-o", option, *extra)
    if option == "Compression=yes":
        assert "compression: none" in result.stderr
    else:
        assert result.returncode == 255
        assert "no match" in result.stderr.lower() or "no matching" in result.stderr.lower()


# --- when something dies ------------------------------------------------------------------------------------------------


def test_a_killed_session_takes_nobody_with_it(gate, delivery):
    gate.add_provider("p0002")
    with gate.paramiko("p0002") as bystander:
        before = set(gate.sessions())
        with gate.paramiko("p0001") as client:
            handle = client.open("inbox/a.csv", "w")
            handle.write(b"x" * 100_000)
            client.stat("inbox/a.csv")
            [victim] = set(gate.sessions()) - before
            os.kill(victim, signal.SIGKILL)
            with pytest.raises((EOFError, OSError, paramiko.SSHException)):
                client.stat("inbox/a.csv")
        bystander.put(str(delivery), "inbox/b.csv")
    assert (gate.home / "inbox" / "a.csv").stat().st_size == 100_000
    gate.wait_for_log("the session of p0001 from 127.0.0.1 died of signal 9")
    assert gate.sftp("p0001", f"reput {delivery} inbox/a.csv\n").returncode == 0


@pytest.mark.parametrize("step", ["gate.opened", "gate.written", "gate.closed", "gate.renamed"])
def test_killed_at_any_step_the_upload_can_be_done_again(tmp_path, delivery, step):
    with running(tmp_path, env={"SLUIS_STOP_AT": step}) as gate:
        home = gate.add_provider("p0001")
        client = subprocess.Popen(
            ["sftp", *gate._options("p0001"), "-P", str(gate.port), "-b", "-", "p0001@127.0.0.1"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        client.stdin.write(f"put {delivery} inbox/.a.part\nrename inbox/.a.part inbox/a.csv\n")
        client.stdin.close()

        def stopped():
            return [pid for pid in gate.sessions()
                    if pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"]

        gate.wait_for(stopped, f"a session stops at {step}")
        assert gate.stop(signal.SIGKILL) == -signal.SIGKILL
        for pid in [int(p) for p in os.listdir("/proc") if p.isdigit()]:
            try:
                mine = str(gate.drop) in pathlib.Path(f"/proc/{pid}/cmdline").read_text()
            except OSError:
                continue
            if mine:
                os.kill(pid, signal.SIGKILL)
        assert client.wait(timeout=20) != 0
        left = {"gate.opened": ".a.part", "gate.written": ".a.part", "gate.closed": ".a.part", "gate.renamed": "a.csv"}
        assert os.listdir(home / "inbox") == [left[step]]
        gate.env = {}
        gate.start()
        result = gate.sftp("p0001", f"put {delivery} inbox/.a.part\nrename inbox/.a.part inbox/a.csv\n")
        assert result.returncode == 0, result.stderr
        assert os.listdir(home / "inbox") == ["a.csv"]
        assert (home / "inbox" / "a.csv").read_bytes() == delivery.read_bytes()


def test_sigterm_lets_a_running_upload_finish(gate, tmp_path):
    with gate.paramiko("p0001") as client:
        handle = client.open("inbox/a.csv", "w")
        handle.write(b"x" * 1000)
        gate.process.send_signal(signal.SIGTERM)
        gate.wait_for_log("1 sessions may finish")
        with pytest.raises(OSError) as refused:
            socket.create_connection(("127.0.0.1", gate.port), timeout=2).close()
        assert refused.value.errno == errno.ECONNREFUSED
        handle.write(b"y" * 1000)
        handle.close()
    assert gate.process.wait(timeout=10) == 0
    assert (gate.home / "inbox" / "a.csv").stat().st_size == 2000


def test_sigterm_ends_a_session_that_does_not_finish(gate):
    with gate.paramiko("p0001") as client:
        client.listdir("inbox")
        start = time.monotonic()
        assert gate.stop() == 0
        assert 4 < time.monotonic() - start < 12


def test_a_session_without_requests_ends(tmp_path):
    with running(tmp_path, "--idle", "1") as gate:
        gate.add_provider("p0001")
        with gate.paramiko("p0001") as client:
            client.listdir("inbox")
            gate.wait_for(lambda: not gate.sessions(), "the idle session has ended", 6)


# --- what is written down -----------------------------------------------------------------------------------------------


def test_a_name_that_could_carry_a_citizen_number_is_not_logged(gate, delivery):
    for name in ("client_123456782.csv", "c-12.34-56_78 2.csv", "plain_2026H1.csv"):
        assert gate.sftp("p0001", f'put {delivery} "inbox/{name}"\n').returncode == 0
    gate.wait_for_log(r"p0001: received inbox/plain_2026H1.csv, 700001 bytes in \d+\.\d s")
    assert gate.log().count("received inbox/(name withheld)") == 2
    assert "12345678" not in gate.log() and "12.34" not in gate.log()


def test_wrong_use_is_told_and_nothing_starts(tmp_path):
    program = build_dir() / "bin" / "sluis-gate"
    assert subprocess.run([program, "--version"], capture_output=True).returncode == 0
    assert subprocess.run([program, "--nonsense", "x"], capture_output=True).returncode == 2
    assert subprocess.run([program, "--port"], capture_output=True).returncode == 2
    assert subprocess.run([program, "--config", tmp_path / "none.yaml"], capture_output=True).returncode == 3
    key = make_key(tmp_path / "key")
    base = [program, "--drop", tmp_path, "--roster", tmp_path, "--host-key"]
    key.chmod(0o644)
    open_key = subprocess.run([*base, key], capture_output=True, text=True)
    assert open_key.returncode == 3 and "open to everybody" in open_key.stderr
    no_key = subprocess.run([*base, f"{key}.none"], capture_output=True, text=True)
    assert no_key.returncode == 3
