"""The figures, by the real programs: who looks is in the log before anything is seen, and nothing else can be had."""

import csv as csvfile
import io
import json
import os
import pathlib
import re
import stat
import subprocess
import zipfile

import psycopg2
import pytest

from instance import Instance, build_dir, wait_for

SLUIS = build_dir() / "bin" / "sluis"
PROVIDERS = 3


def sample(folder: pathlib.Path, seed: int, records: int = 700) -> bytes:
    file = folder / f"sample-{seed}.csv"
    subprocess.run([SLUIS, "sample", "--period", "2026-10", "--records", str(records), "--seed", str(seed), "--out", file],
                   check=True, capture_output=True, timeout=60)
    return file.read_bytes()


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    instance = Instance(tmp_path_factory.mktemp("figures") / "sandbox", providers=PROVIDERS)
    instance.up()
    for provider in range(PROVIDERS):
        instance.deliver("jeugdhulp_2026-10.csv", sample(instance.work, provider + 1), provider=provider)
    wait_for(lambda: len(instance.deliveries(state="queued")) == PROVIDERS, "all are queued")
    instance.sluis("run", "now")
    made = json.loads(instance.sluis("report", "snapshot", "--json").stdout)
    assert [each["domain"] for each in made] == ["GM0034"], made
    yield instance
    instance.down()


def report(instance: Instance, *words: str) -> dict:
    return json.loads(instance.sluis("report", *words, "--json").stdout)


def views(instance: Instance) -> list[dict]:
    return [json.loads(row[0]) for row in
            instance.query("SELECT entry FROM audit.entry WHERE event = 'report.viewed' ORDER BY index")]


def test_an_answer_is_entered_in_the_log_with_who_asked_what(figures):
    before = len(views(figures))
    outcome = report(figures, "tevredenheid", "--as", "municipality:GM0034", "--filter", "verwijzer=02")
    assert outcome["available"] and outcome["indicator"] == "tevredenheid" and outcome["by"] == "hulpvorm"
    assert any(row["shown"] and row["count"] >= 10 for row in outcome["rows"])
    seen = views(figures)
    assert len(seen) == before + 1
    entry = seen[-1]
    assert entry["subject"] == "GM0034" and entry["responsible"] == "GM0034" and entry["system"] == "sluis-figures"
    assert entry["actor"] and entry["details"] == {
        "indicator": "tevredenheid", "as": "municipality:GM0034", "by": "hulpvorm", "filters": "verwijzer=02",
        "snapshot": outcome["snapshot"]}
    assert figures.sluis("audit", "verify").returncode == 0


def test_every_indicator_and_viewer_is_answered_and_nothing_small_is_shown(figures):
    for indicator in ("tevredenheid", "zonder-hulp-verder", "doelrealisatie", "uitval", "respons", "herhaald-beroep"):
        for viewer in ("municipality:GM0034", "provider:P0001", "ttp"):
            for by in ("hulpvorm", "verwijzer", "start"):
                outcome = report(figures, indicator, "--as", viewer, "--by", by)
                assert outcome["rows"] or not outcome["available"]
                for row in outcome.get("rows", []):
                    if not row["shown"]:
                        assert not set(row) & {"count", "parts", "mean", "respondents"}, row
                        continue
                    assert row["count"] >= 10
                    assert all(part["count"] not in (1, 2) for part in row["parts"]), row


def test_the_same_question_has_the_same_answer_in_any_order_and_format(figures, tmp_path):
    words = ["doelrealisatie", "--filter", "verwijzer=02", "--filter", "start-from=2025Q1"]
    first = report(figures, *words)
    assert report(figures, "doelrealisatie", "--filter", "start-from=2025Q1", "--filter", "verwijzer=02") == first
    assert report(figures, *words, "--snapshot", first["snapshot"]) == first

    shown = {row["label"]: row["count"] for row in first["rows"] if row["shown"]}
    assert shown
    text = figures.sluis("report", *words).stdout
    page = figures.sluis("report", *words, "--format", "html").stdout
    chart = figures.sluis("report", *words, "--format", "svg").stdout
    rows = figures.sluis("report", *words, "--format", "csv").stdout
    for label, count in shown.items():
        for form in (text, page, rows):
            assert label[:20] in form and str(count) in form.replace(".", ""), label
    assert page.lstrip().lower().startswith("<!doctype html") and "<svg" in chart
    assert len(list(csvfile.reader(io.StringIO(rows.lstrip("\ufeff")), delimiter=";"))) > len(shown)

    figures.sluis("report", *words, "--format", "xlsx", "--output", str(tmp_path / "report.xlsx"))
    piped = subprocess.run([SLUIS, "--config", figures.info["config"], "report", *words, "--format", "xlsx"],
                           capture_output=True, timeout=60)
    for workbook in (tmp_path / "report.xlsx", io.BytesIO(piped.stdout)):
        assert "xl/workbook.xml" in zipfile.ZipFile(workbook).namelist()


def test_a_wrong_question_names_what_is_possible_and_is_not_entered(figures):
    before = len(views(figures))
    for words, named in [
        (["tevredenheid", "--filter", "verwijzer=99"], "possible are: 01, 02"),
        (["tevredenheid", "--filter", "kleur=rood"], "possible are: start-from"),
        (["tevredenheid", "--filter", "start-from=2026"], "write a quarter as 2026Q1"),
        (["tevredenheid", "--filter", "verwijzer"], "NAME=VALUE"),
        (["tevredenheid", "--by", "kleur"], "possible are: hulpvorm"),
        (["tevredenheid", "--as", "koning"], "municipality:GM0034"),
        (["tevredenheid", "--as", "municipality:GM0363"], "no published figures of GM0363"),
        (["tevredenheid", "--as", "provider:P0001", "--by", "aanbieder"], "possible are"),
        (["tevredenheid", "--as", "municipality:GM0034", "--filter", "gemeente=GM0363"], "its own figures"),
        (["tevredenheid", "--snapshot", "GM0034-999999"], "possible are: GM0034-"),
        (["tevredenheid", "--format", "pdf"], "possible are: text, json"),
    ]:
        done = figures.sluis("report", *words, check=False)
        assert done.returncode == 2 and named in done.stderr, (words, done.stderr)
        assert not done.stdout
    assert len(views(figures)) == before


def test_a_report_goes_into_the_file_it_is_told_to_and_harms_nothing_there(figures, tmp_path):
    page, book, pipe = tmp_path / "report.html", tmp_path / "report.xlsx", tmp_path / "pipe"
    for file in (page, book):
        file.write_text("of before")
        figures.sluis("report", "uitval", "--output", str(file))  # in the format that its name ends in
    assert page.read_text().startswith("<!DOCTYPE html>") and zipfile.is_zipfile(book)
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    figures.sluis("report", "uitval", "--output", str(pipe), "--format", "csv")
    assert b"getoond" in reader.communicate(timeout=30)[0] and stat.S_ISFIFO(pipe.stat().st_mode)
    for wrong, named in ((tmp_path, "is a folder"), (tmp_path / "no" / "report.html", "there is no folder")):
        done = figures.sluis("report", "uitval", "--output", str(wrong), check=False)
        assert done.returncode == 2 and named in done.stderr, done.stderr
    with open("/dev/full", "w") as full:
        done = subprocess.run([SLUIS, "--config", figures.info["config"], "report", "uitval", "--format", "html"],
                              stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 3 and "cannot write the output" in done.stderr


def test_a_workbook_is_not_thrown_at_a_terminal(figures):
    done = subprocess.run(["script", "-qec", f"{SLUIS} --config {figures.info['config']} report uitval --format xlsx",
                           "/dev/null"], capture_output=True, text=True, timeout=60)
    assert "a workbook is nothing for a terminal" in done.stdout and done.returncode == 2


def test_without_the_database_there_is_no_figure(figures):
    figures.kill("postgres")
    done = figures.sluis("report", "uitval", check=False)
    assert done.returncode == 3 and "no figure is shown" in done.stderr and not done.stdout
    figures.up()
    assert report(figures, "uitval")["rows"]


def test_killed_it_is_back_with_the_same_figures_and_gone_it_is_missed(figures):
    first = report(figures, "uitval")
    figures.kill("figures")
    done = figures.sluis("report", "uitval", check=False)
    assert done.returncode == 3 and "is sluis-figures running?" in done.stderr
    status = figures.sluis("status", "--json", check=False)
    assert status.returncode == 1 and json.loads(status.stdout)["figures"] is None
    assert any("is sluis-figures running?" in each for each in json.loads(status.stdout)["problems"])
    figures.up()
    status = json.loads(figures.sluis("status", "--json").stdout)
    assert status["good"] and status["figures"]["snapshots"][0]["id"] == first["snapshot"]
    assert first["snapshot"] in figures.sluis("status").stdout
    assert report(figures, "uitval") == first


def test_a_sandbox_of_before_the_figures_gets_them_when_it_is_resumed(figures):
    first = report(figures, "uitval")
    figures.kill("figures")
    config, record = pathlib.Path(figures.info["config"]), figures.folder / "sandbox.json"
    now = config.read_text()
    before = re.sub(r"^(figures:.*\n(  .*\n)*|snapshot_program:.*\n|  figures(_password_file)?: .*\n)", "", now, flags=re.M)
    assert not any(each in before for each in ("\nfigures:", "\n  figures:", "sluis_figures", "snapshot_program:"))
    config.write_text(before)
    record.write_text(json.dumps({key: value for key, value in json.loads(record.read_text()).items() if key != "figures"}))
    figures.up()
    assert config.read_text() == now
    assert report(figures, "uitval") == first


def test_an_attack_on_what_is_published_is_entered_and_finds_nothing_surer_than_the_limit(figures):
    attacks = json.loads(figures.sluis("report", "attack", "--json").stdout)
    assert [each["snapshot"] for each in attacks] == [report(figures, "uitval")["snapshot"]]
    for kind in attacks[0]["attacks"]:
        assert kind["after"]["above"] == 0 and kind["after"]["strongest"]["confidence"] <= attacks[0]["limit"], kind
    entry = json.loads(figures.query("SELECT entry FROM audit.entry WHERE event = 'report.attacked' ORDER BY index")[-1][0])
    assert entry["subject"] == "GM0034" and entry["details"] == {"snapshot": attacks[0]["snapshot"]}
    text = figures.sluis("report", "attack").stdout
    assert "As published" in text and "limit 75.0 %" in text


def test_a_damaged_or_foreign_snapshot_is_never_used(figures):
    folder = figures.folder / "snapshots" / "GM0034"
    good = sorted(folder.glob("*.snapshot"))[-1]
    first = report(figures, "uitval")
    whole = good.read_bytes()
    withheld = good.with_suffix(".withheld").read_bytes()
    middle = len(whole) // 2
    for number, content in enumerate((whole[:-1], whole[:middle], b"", whole[:middle] + bytes([whole[middle] ^ 1]) +
                                      whole[middle + 1:], whole), start=900001):
        name = f"GM0034-{number}"
        (folder / f"{name}.withheld").write_bytes(withheld)
        (folder / f"{name}.part").write_bytes(content)
        (folder / f"{name}.part").rename(folder / f"{name}.snapshot")
        assert report(figures, "uitval") == first, name
        log = (figures.folder / "log" / "sluis-figures.log").read_text()
        assert f"snapshot {name} is not used" in log
        for ending in ("snapshot", "withheld"):
            (folder / f"{name}.{ending}").unlink()
    foreign = figures.folder / "snapshots" / "GM0363"
    foreign.mkdir()
    (foreign / "GM0363-000001.withheld").write_bytes(withheld)
    (foreign / "GM0363-000001.snapshot").write_bytes(whole)
    done = figures.sluis("report", "uitval", "--as", "municipality:GM0363", check=False)
    assert done.returncode == 2 and "no published figures of GM0363" in done.stderr
    for file in foreign.iterdir():
        file.unlink()
    foreign.rmdir()


def as_role(instance: Instance, role: str):
    parts = dict(word.split("=", 1) for word in instance.info["dsn"].split())
    parts["user"] = role
    connection = psycopg2.connect(" ".join(f"{key}={value}" for key, value in parts.items()))
    connection.autocommit = True
    return connection


def tables(instance: Instance) -> list[str]:
    return [row[0] for row in instance.query(
        "SELECT format('%%I.%%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE relkind IN ('r', 'v', 'm', 'p', 'S') AND nspname NOT IN ('pg_catalog', 'information_schema') "
        "AND nspname NOT LIKE 'pg_toast%%'")]


def refused(connection, statement: str, *values) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        return False
    except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ReadOnlySqlTransaction):
        return True


def test_the_role_of_sluis_figures_can_add_views_and_nothing_else(figures):
    connection = as_role(figures, "sluis_figures")
    every = tables(figures)
    assert len(every) > 140
    for table in every:
        if table == "sluis.migration":  # its number; everybody may know
            continue
        assert refused(connection, f"SELECT FROM {table}"), table
        assert refused(connection, f"INSERT INTO {table} DEFAULT VALUES"), table
        assert refused(connection, f"DELETE FROM {table}"), table
    assert refused(connection, "INSERT INTO sluis.migration DEFAULT VALUES")
    for statement in ("CREATE TABLE public.mine (a int)", "CREATE TEMP TABLE mine (a int)", "CREATE SCHEMA mine",
                      "SELECT lo_create(0)", "SET ROLE sluis_owner", "COPY (SELECT 1) TO '/tmp/x'",
                      "SELECT care.key_use()", "CREATE ROLE mine"):
        assert refused(connection, statement), statement
    entry = views(figures)[-1]
    for change in ({"event": "delivery.accepted"}, {"system": "sluisd"}, {"extra": "x"}):
        assert refused(connection, "SELECT audit.append_view(%s)", json.dumps({**entry, **change})), change
    connection.close()


def test_a_bi_role_sees_the_published_figures_of_its_own_and_no_way_to_the_records(figures):
    figures.query("DROP ROLE IF EXISTS bi_gm0034")
    figures.query("DROP ROLE IF EXISTS bi_p0001")
    for role, provider in (("bi_gm0034", None), ("bi_p0001", "P0001")):
        figures.query(f"CREATE ROLE {role} LOGIN IN ROLE sluis_bi")
        figures.query("INSERT INTO report.reader (role, domain, provider) VALUES (%s, 'GM0034', %s)", role, provider)
    figures.query("CREATE ROLE bi_nobody LOGIN IN ROLE sluis_bi")
    seen = {}
    for role in ("bi_gm0034", "bi_p0001", "bi_nobody"):
        connection = as_role(figures, role)
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT provider FROM report.figure")
            seen[role] = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT count(*), min(count) FROM report.figure WHERE shown")
            shown, least = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM report.newest_part")
            parts = cursor.fetchone()[0]
        assert least is None or least >= 10
        assert (shown > 0) == (parts > 0)
        for table in tables(figures):
            if table in ("sluis.migration", "report.figure", "report.part", "report.reader", "report.newest_snapshot",
                         "report.newest_figure", "report.newest_part"):
                continue
            assert refused(connection, f"SELECT * FROM {table}"), table
        for statement in ("SELECT children FROM report.snapshot", "DELETE FROM report.figure",
                          "INSERT INTO report.reader (role, domain) VALUES (current_user, 'GM0034')",
                          "SELECT audit.append_view('{}')", "SELECT lo_create(0)", "CREATE TEMP TABLE mine (a int)",
                          "SET ROLE bi_gm0034" if role != "bi_gm0034" else "SET ROLE bi_p0001"):
            assert refused(connection, statement), statement
        connection.close()
    assert seen["bi_gm0034"] == [None] and seen["bi_nobody"] == []
    assert seen["bi_p0001"] == ["P0001"]


def test_an_erased_snapshot_is_gone_with_the_next_question(figures):
    newest = report(figures, "uitval")["snapshot"]
    figures.sluis("report", "erase", newest)
    done = figures.sluis("report", "uitval", "--snapshot", newest, check=False)
    assert done.returncode != 0 and newest not in done.stdout
    listed = {row["id"]: row for row in json.loads(figures.sluis("report", "snapshots", "--json").stdout)}
    assert listed[newest]["erased"]
