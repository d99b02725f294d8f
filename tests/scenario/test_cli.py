"""The command line as an operator and a provider meet it: what it prints, what it refuses, what it logs."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess

import pytest

from instance import ROOT, Instance, build_dir, csv, state_of, wait_for

SLUIS = build_dir() / "bin" / "sluis"


def sluis(*words, **more) -> subprocess.CompletedProcess:
    return subprocess.run([SLUIS, *words], capture_output=True, text=True, timeout=120, **more)


def good_config(folder: pathlib.Path) -> str:
    return f"""state: {folder}/state
mail:
  from: sluis@ttp.example
  operator: [beheer@ttp.example]
  helpdesk: {{name: Helpdesk, mail: helpdesk@ttp.example, phone: "030"}}
"""


# Wrong use.


@pytest.mark.parametrize("words", [
    [], ["provider"], ["nonsense"], ["provider", "add", "--nonsense"], ["delivery", "show"],
    ["agreement", "add", "--provider", "P0001"], ["sandbox", "up"], ["sandbox", "up", "--dir", "x", "--providers", "0"],
])
def test_wrong_use_exits_2_and_says_what_to_type(words):
    done = sluis(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "type: sluis" in done.stderr


def test_a_word_that_is_no_command_is_answered_with_those_there_are():
    assert "tevredenheid, zonder-hulp-verder" in sluis("report", "tevreden").stderr
    assert "now, list, show" in sluis("run").stderr


def test_help_shows_an_example_and_exits_0():
    done = sluis("provider", "add", "--help")
    assert done.returncode == 0 and "Example:" in done.stdout and "--ssh-key" in done.stdout
    assert sluis("--version").stdout.startswith("sluis 0.")


# The configuration.


def test_five_mistakes_give_five_messages_and_nothing_starts(tmp_path):
    file = tmp_path / "sluis.yaml"
    file.write_text('stat: /srv\nrun: {at: "25:00", timezone: Europe/Amstelveen}\nlimits:\n  file: 4 gigabytes\nmail:\n'
                    "  from: sluis@ttp.example\n  operator: [beheer@ttp.example]\n"
                    "  helpdesk: {name: Helpdesk, mail: helpdesk@ttp.example}\n")
    lines = [f"{file}:{line}:" for line in (1, 2, 2, 4, 8)]
    programs = [[SLUIS, "config", "check"], [build_dir() / "bin" / "sluisd"], [build_dir() / "bin" / "sluis-gate"]]
    for program in programs:
        done = subprocess.run([*program, "--config", file], capture_output=True, text=True, timeout=30)
        assert done.returncode == 3, program
        told = [line for line in done.stderr.splitlines() if str(file) in line]
        assert len(told) == 5 and all(where in line for where, line in zip(lines, told)), done.stderr
    assert list(tmp_path.iterdir()) == [file]


def test_config_may_stand_before_or_after_the_command(tmp_path):
    file = tmp_path / "sluis.yaml"
    file.write_text(good_config(tmp_path))
    before = sluis("--config", file, "config", "show")
    after = sluis("config", "show", "--config", file)
    assert before.returncode == after.returncode == 0
    assert before.stdout == after.stdout and f"state: {tmp_path}/state" in before.stdout
    file.write_text(before.stdout)
    assert sluis("config", "show", "--config", file).stdout == before.stdout
    assert sluis("config", "check", "--config", tmp_path / "missing.yaml").returncode == 3


# Checking a file, without any instance.


def test_a_good_file_is_good_and_a_wrong_one_is_named_row_by_row(tmp_path):
    good = tmp_path / "jeugdhulp_2026H1.csv"
    good.write_bytes(csv(5))
    done = sluis("validate", good, "--json", cwd="/")
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["verdict"] == "accepted" and verdict["code"] is None and verdict["records"] == 5
    assert (verdict["dataset"], verdict["version"], verdict["period"]) == ("jeugdhulp", "5.1", "2026H1")

    lines = csv(5).decode().split("\r\n")
    lines[2] = "123456789" + lines[2][9:]
    good.write_bytes("\r\n".join(lines).encode())
    done = sluis("validate", good, "--json")
    verdict = json.loads(done.stdout)
    assert done.returncode == 1
    assert verdict["code"] == "VAL01" and verdict["counts"] == {"JH101": 1}
    assert verdict["findings"] == [{"row": 2, "field": "bsn", "rule": "JH101", "severity": "fout"}]
    text = sluis("validate", good)
    assert text.returncode == 1 and "JH101" in text.stdout and "123456789" not in text.stdout


def test_what_cannot_be_read_is_fmt01_or_fmt02_with_no_records(tmp_path):
    file = tmp_path / "jeugdhulp_2026H1.csv"
    for content, code in ((b"", "FMT01"), (b"a;b;c\r\n1;2;3\r\n", "FMT02")):
        file.write_bytes(content)
        done = sluis("validate", file, "--json")
        verdict = json.loads(done.stdout)
        assert done.returncode == 1
        assert (verdict["code"], verdict["records"], verdict["findings"]) == (code, 0, [])
    # A format that deliveries may have and that no plugin here reads: the same verdict as in the run.
    sheet = tmp_path / "jeugdhulp_2026H1.xls"
    sheet.write_bytes(b"x")
    done = sluis("validate", sheet, "--json")
    assert (done.returncode, json.loads(done.stdout)["code"]) == (1, "FMT01")


def test_a_file_whose_name_says_nothing_needs_its_period(tmp_path):
    file = tmp_path / "export.csv"
    file.write_bytes(csv(2))
    done = sluis("validate", file)
    assert done.returncode == 2 and "--period" in done.stderr
    done = sluis("validate", file, "--period", "2026H1")
    assert done.returncode == 0 and "NAM" in done.stdout
    assert sluis("validate", tmp_path / "jeugdhulp_2026H2.csv").returncode == 3
    assert sluis("validate", file, "--period", "1999").returncode == 2


def test_what_comes_through_a_pipe_is_refused_with_a_sentence_at_once(tmp_path):
    for path in (tmp_path / "jeugdhulp_2026H1.csv", tmp_path / "jeugdhulp_2026Q1.csv"):
        path.mkdir() if "H1" in path.name else os.mkfifo(path)
        done = sluis("validate", path)
        assert done.returncode == 2 and "is no plain file" in done.stderr


def test_a_plugin_of_a_third_party_is_used_as_any_other(tmp_path):
    plugins = tmp_path / "plugins"
    plugins.mkdir(mode=0o755)
    for each in (build_dir() / "plugins").glob("*.so"):
        (plugins / each.name).symlink_to(each)
    subprocess.run(["c++", "-std=c++20", "-fPIC", "-shared", "-fvisibility=hidden", f"-I{ROOT}/daemon",
                    f"{ROOT}/plugins/example/format_psv/psv.cpp", "-o", plugins / "format-psv.so"], check=True)
    config = tmp_path / "sluis.yaml"
    config.write_text(good_config(tmp_path) + f"plugins: {plugins}\n")
    file = tmp_path / "export.psv"
    file.write_bytes(csv(3).replace(b";", b"|").replace(b"\r\n", b"\n"))
    done = sluis("validate", "--config", config, "--period", "2026H1", file, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["records"] == 3


def test_the_rules_are_told_in_three_forms():
    rules = json.loads(sluis("rules", "--json").stdout)
    assert {"JH101", "JH201", "JH401"} <= {rule["code"] for rule in rules}
    assert "JH101" in sluis("rules").stdout
    assert sluis("rules", "--markdown").stdout.startswith("#")


# An instance.


def test_the_sandbox_is_as_the_contract_says(shared):
    info = shared.info
    assert info["sftp"]["host"] == "127.0.0.1"
    for path in (info["config"], info["control"], info["maildir"], info["state"], info["sftp"]["known_hosts"]):
        assert os.path.exists(path), path
    one = info["providers"][0]
    assert (one["code"], one["user"], one["mail"]) == ("P0001", "p0001", "p0001@aanbieder.example")
    for key in ("ssh_key", "signing_key"):
        assert pathlib.Path(one[key]).stat().st_mode & 0o077 == 0
        assert pathlib.Path(one[key] + ".pub").read_text().startswith("ssh-ed25519 ")
    assert shared.query("SELECT current_setting('is_superuser'), current_setting('fsync'), current_setting('wal_level')") \
        == [("on", "on", "replica")]
    assert "inbox" in shared.sftp("ls").stdout
    if os.geteuid() == 0:
        uid = pathlib.Path(f"/proc/{info['pids']['postgres']}").stat().st_uid
        assert uid != 0
        # From any account: the folder around the sandbox is closed to others.
        done = subprocess.run(["psql", "-X", "-At", "-d", info["dsn"], "-c", "SELECT 1"], user="nobody", cwd="/",
                              capture_output=True, text=True)
        assert done.stdout == "1\n", done.stderr


def test_up_again_starts_only_what_is_dead(shared):
    before = dict(shared.info)
    assert shared.up().info == before
    shared.kill("gate")
    shared.kill("postgres")
    shared.up()
    after = shared.info
    assert after["pids"]["sluisd"] == before["pids"]["sluisd"]
    assert after["pids"]["gate"] != before["pids"]["gate"] and after["pids"]["postgres"] != before["pids"]["postgres"]
    assert {k: v for k, v in after.items() if k != "pids"} == {k: v for k, v in before.items() if k != "pids"}
    assert "inbox" in shared.sftp("ls").stdout


def test_down_ends_all_and_up_goes_on_with_the_same_data(shared):
    before = dict(shared.info)
    shared.down()
    for pid in before["pids"].values():
        wait_for(lambda: state_of(pid) in ("", "Z"), "all is down")
    sockets = before["dsn"].split()[0].removeprefix("host=")
    assert not os.path.exists(sockets)
    shared.up()
    assert shared.info["dsn"] == before["dsn"]
    assert shared.info["providers"] == before["providers"] and shared.info["sftp"] == before["sftp"]
    assert len(json.loads(shared.sluis("provider", "list", "--json").stdout)) == 1


def key_files(folder: pathlib.Path, name: str) -> pathlib.Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name], check=True)
    return folder / f"{name}.pub"


def test_a_provider_is_registered_and_may_log_in_at_once(shared, tmp_path):
    login, signing = key_files(tmp_path, "login"), key_files(tmp_path, "signing")
    certificate = shared.provider()["cms_cert"]
    done = shared.sluis("provider", "add", "--code", "p0777", "--name", "Stichting Één", "--mail", "a@b.example",
                        "--ssh-key", str(login), "--signer", str(signing), "--signer", certificate)
    assert "P0777" in done.stdout
    shown = json.loads(shared.sluis("provider", "show", "P0777", "--json").stdout)
    assert shown["name"] == "Stichting Één" and shown["mail"] == ["a@b.example"]
    assert sorted(signer["kind"] for signer in shown["signers"]) == ["cms", "ssh"]
    again = shared.sluis("provider", "add", "--code", "P0777", "--name", "x", "--mail", "a@b.example", "--ssh-key",
                         str(login), "--signer", str(signing), check=False)
    assert again.returncode == 2
    private = shared.sluis("provider", "add", "--code", "P0778", "--name", "x", "--mail", "a@b.example", "--ssh-key",
                           str(login)[:-4], "--signer", str(signing), check=False)
    assert private.returncode == 2 and "private key" in private.stderr

    sftp = shared.info["sftp"]
    command = ["sftp", "-q", "-b", "-", "-i", str(login)[:-4], "-P", str(sftp["port"]), "-o", "IdentitiesOnly=yes", "-o",
               f"UserKnownHostsFile={sftp['known_hosts']}", "-o", "BatchMode=yes", f"p0777@{sftp['host']}"]

    def enters() -> bool:
        return subprocess.run(command, input="ls\n", capture_output=True, text=True).returncode == 0

    wait_for(enters, "the new provider logs in")
    shared.sluis("provider", "suspend", "P0777")
    wait_for(lambda: not enters(), "the suspended provider stays outside")
    shared.sluis("provider", "resume", "P0777")
    wait_for(enters, "the resumed provider logs in")


def test_a_provider_comes_from_a_file_too(shared, tmp_path):
    key_files(tmp_path, "login"), key_files(tmp_path, "signing")
    file = tmp_path / "p.yaml"
    file.write_text("code: P0888\nname: Uit een bestand\nmail: a@b.example\nssh_key: login.pub\nsigner: [signing.pub]\n"
                    "max_rejected_records: 3\n")
    shared.sluis("provider", "add", "--from", str(file))
    assert json.loads(shared.sluis("provider", "show", "P0888", "--json").stdout)["max_rejected_records"] == 3
    file.write_text("code: P0889\nnaam: x\n")
    done = shared.sluis("provider", "add", "--from", str(file), check=False)
    assert done.returncode == 3 and "naam" in done.stderr


def test_an_agreement_makes_the_municipalitys_key_once(shared):
    words = ("agreement", "add", "--provider", "P0001", "--municipality", "0363", "--from", "2026-01-01")
    first = json.loads(shared.sluis(*words, "--json").stdout)
    assert first["key_created"] == "domain-GM0363"
    overlap = shared.sluis(*words, check=False)
    assert overlap.returncode == 2
    names = [key["name"] for key in json.loads(shared.sluis("key", "list", "--json").stdout)]
    assert names.count("domain-GM0363") == 1 and "pseudonym" in names
    shared.sluis("agreement", "end", str(first["id"]), "--until", "2026-06-30")
    listed = json.loads(shared.sluis("agreement", "list", "--json").stdout)
    assert [each["until"] for each in listed if each["id"] == first["id"]] == ["2026-06-30"]
    unknown = shared.sluis("agreement", "add", "--provider", "P0001", "--municipality", "GM9999", "--from", "2026-01-01",
                           "--dataset", "jeugdhulp", check=False)
    assert unknown.returncode == 2 and "there is no municipality GM9999" in unknown.stderr
    assert not list((shared.folder / "keys").glob("*9999*"))
    assert shared.sluis("agreement", "add", "--provider", "P0001", "--municipality", "Amsterdam", "--from", "2026-01-01",
                        check=False).returncode == 2
    assert shared.sluis("key", "new", "pseudonym", check=False).returncode == 2


def test_the_lasting_keys_are_made_together_once_and_never_replaced(shared):
    listed = json.loads(shared.sluis("key", "list", "--json").stdout)
    assert [key["version"] for key in listed if key["name"] == "cell" and key["in_force"]] == [1]
    assert "noise of the figures" in shared.sluis("key", "list").stdout
    for words, reason in ((("new", "cell"), "averaged"), (("new",), "already"), (("rotate", "cell"), "averaged"),
                          (("retire", "cell", "--version", "1"), "averaged"), (("rotate", "pseudonym"), "recognised")):
        refused = shared.sluis("key", *words, check=False)
        assert refused.returncode == 2 and reason in refused.stderr
    keys = next(pathlib.Path(shared.info["config"]).parent.rglob("cell.1.key"))
    away = keys.with_suffix(".away")
    keys.rename(away)
    try:
        assert json.loads(shared.sluis("key", "new", "--json").stdout) == [{"name": "cell", "version": 1}]
    finally:
        away.rename(keys)
        os.kill(shared.info["pids"]["sluisd"], signal.SIGHUP)  # it was told of the other one


def test_every_change_and_every_reading_of_the_log_is_in_the_log(shared):
    def count() -> int:
        return shared.query("SELECT count(*) FROM audit.entry")[0][0]

    before = count()
    shared.sluis("provider", "suspend", "P0001")
    shared.sluis("provider", "resume", "P0001")
    assert count() == before + 2
    shared.sluis("audit", "show")
    head = shared.sluis("audit", "head").stdout.strip()
    assert count() == before + 4
    assert shared.sluis("audit", "verify", "--expect", head).returncode == 0
    assert shared.sluis("provider", "list").returncode == 0
    assert count() == before + 4
    entries = json.loads(shared.sluis("audit", "show", "--from", str(before), "--json").stdout)
    events = [json.loads(entry["entry"])["event"] for entry in entries]
    assert events[:4] == ["provider.suspended", "provider.resumed", "audit.read", "audit.head_read"]
    assert all(json.loads(entry["entry"])["actor"] for entry in entries)
    last = json.loads(shared.sluis("audit", "show", "--limit", "3", "--json").stdout)
    assert [entry["index"] for entry in last] == [count() - 3, count() - 2, count() - 1], "the newest at the end"
    assert json.loads(last[-1]["entry"])["details"] == {"from": "latest", "limit": "3"}
    wrong = shared.sluis("audit", "verify", "--expect", head[:-1] + ("0" if head[-1] != "0" else "1"), check=False)
    assert wrong.returncode == 1


def test_a_log_that_was_changed_fails_verification(shared):
    shared.query("ALTER TABLE audit.entry DISABLE TRIGGER USER")
    saved = shared.query("SELECT entry FROM audit.entry WHERE index = 0")[0][0]
    try:
        shared.query("UPDATE audit.entry SET entry = replace(entry, 'P0001', 'P0002') WHERE index = 0")
        done = shared.sluis("audit", "verify", "--json", check=False)
        assert done.returncode == 1 and json.loads(done.stdout)["first_bad"] == 0
    finally:
        shared.query("UPDATE audit.entry SET entry = %s WHERE index = 0", saved)
        shared.query("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER continue_chain")
        shared.query("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER refuse_change")
    assert shared.sluis("audit", "verify").returncode == 0


def test_runs_and_status_are_told(shared):
    assert "accepted" in shared.sluis("run", "now").stdout
    runs = json.loads(shared.sluis("run", "list", "--json").stdout)
    assert runs[-1]["outcome"] == "done"
    assert json.loads(shared.sluis("run", "show", str(runs[-1]["id"]), "--json").stdout)["items"] == []
    status = json.loads(shared.sluis("status", "--json").stdout)
    assert status["good"] and status["database"]["last_run"]["id"] == runs[-1]["id"]
    os.kill(shared.info["pids"]["sluisd"], signal.SIGKILL)
    wait_for(lambda: state_of(shared.info["pids"]["sluisd"]) in ("", "Z"), "sluisd is dead")
    assert shared.sluis("run", "now", check=False).returncode == 3
    done = shared.sluis("status", check=False)
    assert done.returncode == 3 and "is sluisd running?" in done.stdout
    shared.up()
    assert shared.sluis("status").returncode == 0


def test_a_gate_that_is_away_is_told_and_another_at_its_port_is_not_taken_for_it(shared):
    port = shared.info["sftp"]["port"]
    os.kill(shared.info["pids"]["gate"], signal.SIGTERM)
    wait_for(lambda: state_of(shared.info["pids"]["gate"]) in ("", "Z"), "the gate has ended")
    away = shared.sluis("status", check=False)
    assert away.returncode == 1 and f"sluis-gate does not answer on port {port}" in away.stdout
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        taken = shared.sluis("sandbox", "up", "--dir", str(shared.folder), check=False)
        assert taken.returncode == 3 and f"port {port} of sluis-gate is taken by another program" in taken.stderr
    shared.up()
    assert json.loads(shared.sluis("status", "--json").stdout)["gate"] is True


def test_the_database_tells_its_version(shared):
    status = json.loads(shared.sluis("db", "status", "--json").stdout)
    assert status["good"] and status["version"] == status["needed"]
    assert shared.sluis("db", "migrate").stdout.startswith("nothing to do")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's database may lie elsewhere")
def test_a_database_whose_sandbox_was_deleted_is_cleared_away(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    gone = Instance(closed / "sandbox").up()
    data = pathlib.Path(gone.query("SHOW data_directory")[0][0])
    assert closed not in data.parents and data.exists()
    for which in ("sluisd", "gate", "figures", "portal"):
        gone.kill(which)
    shutil.rmtree(closed)
    closed.mkdir(mode=0o700)
    other = Instance(closed / "other").up()
    try:
        assert not data.parent.exists()
        wait_for(lambda: state_of(gone.info["pids"]["postgres"]) in ("", "Z"), "the database has ended")
        assert other.query("SELECT 1") == [(1,)]
    finally:
        other.down()
