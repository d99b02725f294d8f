"""Faults of every rule, planted by a script that shares no code with the product: exactly those are found, by `sluis
validate`, in test/ and in the run, in every format and in every version of the dataset."""

import collections
import csv as tables
import io
import json
import pathlib
import re
import subprocess
import sys

import openpyxl
import pytest
import yaml

from instance import ROOT, Instance, build_dir, remove, wait_for
from instance import csv as right_csv

KEPT = 1000  # of each rule; counts are exact beyond


class Planted:
    def __init__(self, folder: pathlib.Path, period: str, *options: str):
        self.file = folder / f"jeugdhulp_{period}.csv"
        expected = folder / f"{period}.json"
        subprocess.run([sys.executable, ROOT / "tests/support/plant_faults.py", "--output", self.file, "--expected", expected,
                        "--period", period, *options], check=True)
        told = json.loads(expected.read_text())
        self.records, self.findings = told["records"], told["findings"]

    def content(self) -> bytes:
        return self.file.read_bytes()

    def rows(self) -> list[list[str]]:
        return [line.split(";") for line in self.file.read_text().splitlines()]

    def counts(self, contract: bool) -> dict[str, int]:
        return dict(collections.Counter(each["rule"] for each in self.findings if contract or each["level"] != "contract"))

    def listed(self, contract: bool) -> list[tuple]:
        """(row, field, rule, severity) in order, at most KEPT of a rule."""
        seen, kept = collections.Counter(), []
        for each in self.findings:
            if not contract and each["level"] == "contract":
                continue
            seen[each["rule"]] += 1
            if seen[each["rule"]] <= KEPT:
                kept.append((each["row"], each["field"], each["rule"], each["severity"]))
        return kept


def validate(file: pathlib.Path, *words: str) -> dict:
    done = subprocess.run([build_dir() / "bin" / "sluis", "validate", file, "--json", *words], capture_output=True, text=True,
                          timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def findings_of(judged: dict) -> list[tuple]:
    return [(each["row"], each["field"], each["rule"], each["severity"]) for each in judged["findings"]]


def assert_exactly(planted: Planted, judged: dict):
    assert judged["records"] == planted.records
    found, expected = findings_of(judged), planted.listed(False)
    assert not (collections.Counter(found) - collections.Counter(expected)), "found and not planted"
    assert not (collections.Counter(expected) - collections.Counter(found)), "planted and not found"
    assert found == expected, "in order of row, then rule"
    assert judged["counts"] == planted.counts(False)
    assert judged["code"] == "VAL01" and judged["verdict"] == "rejected"


def rules() -> list[dict]:
    return json.loads(subprocess.run([build_dir() / "bin" / "sluis", "rules", "--json"], capture_output=True, check=True).stdout)


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Planted:
    return Planted(tmp_path_factory.mktemp("planted"), "2026H1", "--uncovered", "40")


def test_every_rule_that_one_file_can_break_is_planted(planted, tmp_path):
    pseudonymous = Planted(tmp_path, "2026H1", "--records", "3000", "--identity", "psn")
    broken = {each["rule"] for each in planted.findings + pseudonymous.findings}
    assert planted.records == 50000
    assert broken == {each["code"] for each in rules() if each["level"] != "history"}
    assert max(planted.counts(True).values()) > KEPT, "the cap is reached"


def test_validate_finds_what_was_planted(planted):
    assert_exactly(planted, validate(planted.file))


@pytest.mark.parametrize("period, options", [("2026H1", ("--identity", "psn")), ("2026Q2", ("--seed", "2")),
                                             ("2018H2", ()), ("2017H1", ()), ("2016", ("--identity", "psn"))])
def test_so_it_is_in_every_version_and_with_pseudonyms(tmp_path, period, options):
    made = Planted(tmp_path, period, "--records", "4000", *options)
    assert_exactly(made, validate(made.file))


NUMBERS = ("tevredenheid_1", "tevredenheid_2", "profiel")  # that a fixed width has room for zeros before


def as_ascii(made: Planted) -> pathlib.Path:
    layout = yaml.safe_load((ROOT / "config/datasets/jeugdhulp-5.1.yaml").read_text())["layouts"]["ascii"]
    width = max(each["offset"] + each["length"] for each in layout)
    header, *rows = made.rows()
    lines = []
    for row in rows:
        line = [" "] * width
        for each in layout:
            value = row[header.index(each["name"])]
            if each["name"] in NUMBERS and value.isdigit():
                value = value.zfill(each["length"])
            assert len(value) <= each["length"], (each["name"], value)
            line[each["offset"]:each["offset"] + len(value)] = value
        lines.append("".join(line))
    file = made.file.with_suffix(".asc")
    file.write_text("\r\n".join(lines) + "\r\n", newline="")
    return file


def as_xlsx(made: Planted) -> pathlib.Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in made.rows():
        sheet.append([value or None for value in row])
    file = made.file.with_suffix(".xlsx")
    book.save(file)
    return file


@pytest.mark.parametrize("written", [as_ascii, as_xlsx])
def test_so_it_is_in_every_format(tmp_path, written):
    made = Planted(tmp_path, "2026H1", "--records", "3000", "--short")
    file = written(made)
    if not (build_dir() / "plugins" / f"format-{ {'.asc': 'ascii', '.xlsx': 'xlsx'}[file.suffix] }.so").exists():
        pytest.skip("no such plugin")
    assert_exactly(made, validate(file))


def listed_in(table: bytes) -> tuple[list[tuple], dict[str, int]]:
    """Of findings.csv: what is listed, and how many more there are of each rule."""
    assert table.startswith(b"\xef\xbb\xbfrij;veld;regel;ernst;tekst\r\n")
    assert b"\n" not in table.replace(b"\r\n", b"")
    found, more = [], {}
    for row, field, rule, severity, text in list(tables.reader(io.StringIO(table.decode("utf-8-sig")), delimiter=";"))[1:]:
        for cell in (row, field, rule, severity, text):
            assert not cell.startswith(tuple("=+-@\t\r"))
        if rest := re.fullmatch(r"Nog ([\d.]+) bevindingen van deze regel staan niet in deze lijst.", text):
            more[rule] = int(rest[1].replace(".", ""))
        else:
            found.append((int(row or 0), field or None, rule, severity))
    return found, more


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("planted") / "i").up()
    yield made
    made.down()
    remove(made.folder)


def got(instance: Instance, name: str) -> bytes:
    target = instance.work / "got"
    instance.sftp(f"get outbox/{name} {target}")
    return target.read_bytes()


def outbox(instance: Instance) -> list[str]:
    return [pathlib.PurePosixPath(each).name for each in instance.sftp("ls -1 outbox").stdout.split()]


def in_outbox(instance: Instance, name: str, ending: str) -> str:
    return wait_for(lambda: [each for each in outbox(instance) if each.startswith(name) and each.endswith(ending)],
                    f"{name}: {ending} is there", 60)[0]


def told(instance: Instance, name: str) -> tuple[list[tuple], dict[str, int], str]:
    """What test/ said: findings listed, those not listed, check.txt."""
    text = got(instance, in_outbox(instance, name, ".check.txt")).decode()
    table = [each for each in outbox(instance) if each.startswith(name) and each.endswith(".findings.csv")]
    return (*(listed_in(got(instance, table[0])) if table else ([], {})), text)


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def test_the_test_folder_finds_what_was_planted(instance, planted):
    name = "jeugdhulp_2026H1_proef.csv"
    instance.deliver(name, planted.content(), signature=None, folder="test")
    found, more, text = told(instance, name)
    counts = planted.counts(True)
    assert found == planted.listed(True)
    assert more == {rule: count - KEPT for rule, count in counts.items() if count > KEPT}
    assert "NIET GOED (VAL01)" in text
    for rule, count in counts.items():
        if rule not in ("JH204", "JH205"):
            lines = [line for line in text.splitlines() if line.strip().startswith(rule)]
            assert sum(int(re.search(r"· ([\d.]+) records? ·", line)[1].replace(".", "")) for line in lines) == count, rule


def test_the_run_finds_what_was_planted(instance, planted):
    name = "jeugdhulp_2026H1.csv"
    instance.deliver(name, planted.content())
    instance.wait_state("queued", name)
    instance.sluis("run", "now")
    row = instance.wait_state("rejected", name)
    assert row["code"] == "VAL01"
    stored = instance.query("select row, field, rule, severity from intake.finding where delivery = %s order by ord", row["id"])
    assert stored == planted.listed(True)
    counts = instance.query("select rule, count from intake.finding_count where delivery = %s", row["id"])
    assert dict(counts) == planted.counts(True)
    found, more = listed_in(got(instance, in_outbox(instance, name, ".findings.csv")))
    assert found == planted.listed(True)
    assert more == {rule: count - KEPT for rule, count in counts if count > KEPT}
    mail = instance.mails(X_Sluis_Kind="foutrapport", X_Sluis_Delivery=row["id"])[0]
    body = mail.get_body(("plain",)).get_content()
    assert f"JH112 (signaal) · {grouped(dict(counts)['JH112'])} records ·" in body
    attached = [part for part in mail.iter_attachments() if part.get_filename().endswith("findings.csv")][0]
    assert listed_in(attached.get_payload(decode=True)) == (found, more)


def test_validate_test_and_run_agree_on_every_sample(instance, tmp_path):
    small = Planted(tmp_path, "2026-09", "--records", "2500", "--seed", "5")
    text = small.content().decode()
    samples = {  # what is accepted or held has a period of its own: it would supersede the others
        "Q3_right": right_csv(15, begin="20260901").replace(b"20260601", b"20260920"),
        "-09_faults": small.content(),
        "-09_comma-quoted": ("\r\n".join(",".join(f'"{cell}"' for cell in row) for row in small.rows()) + "\r\n").encode(),
        "-09_utf16-tabs": text.replace(";", "\t").encode("utf-16"),
        "-09_no-such-column": text.replace("geslacht", "geslagt", 1).encode(),
        "-09_floats": re.sub(r"^9\d{8};", "9,00000E+08;", text, flags=re.M).encode(),
        "-09_html": b"<html><body><table><tr><td>bsn</td></tr></table></body></html>\n",
        "-10_header-only": text.splitlines()[0].encode() + b"\n",
    }
    names = {f"jeugdhulp_2026{sample}.csv": content for sample, content in samples.items()}
    files = {name: instance.write(name, content) for name, content in names.items()}
    instance.sftp(*(f"put {file} test/{name}" for name, file in files.items()))
    for name, content in names.items():
        instance.deliver(name, content)
    for name in names:
        instance.wait_state("queued", name)
    instance.sluis("run", "now")
    for name, file in files.items():
        offline = validate(file)
        expected = findings_of(offline)
        found, more, check = told(instance, name)
        assert [each for each in found if each[2] != "JH401"] == expected, name
        assert {rule: count for rule, count in more.items() if rule != "JH401"} == {
            rule: count - KEPT for rule, count in offline["counts"].items() if count > KEPT}, name
        row = instance.deliveries(file=name)[-1]
        stored = instance.query("select row, field, rule, severity from intake.finding where delivery = %s and rule not in"
                                " ('JH301', 'JH303', 'JH401') order by ord", row["id"])
        assert stored == expected, name
        code = re.search(r"NIET GOED \((\w+)\)", check)
        held = "DEL01" if "header-only" in name else None  # only a register knows what would be deleted
        assert (code[1] if code else None) == (held or offline["code"]) == row["code"], name
