"""`sluis sample` writes what it says: the product finds in every sample exactly what was planted in it, no more, no less.

The expected findings come from the planting, never from the code that judges: where the two differ, one is wrong.
"""

import hashlib
import json
import pathlib
import subprocess

import pytest

from instance import Instance, build_dir, remove, wait_for

SLUIS = build_dir() / "bin" / "sluis"
EXTENSIONS = {"csv": "csv", "ascii": "asc", "xlsx": "xlsx", "xls": "xls"}
FORMATS = [name for name in EXTENSIONS if (build_dir() / "plugins" / f"format-{name}.so").exists()]
VERSIONS = {"2016-05": "4", "2018Q2": "5", "2026-10": "5.1"}


def sluis(*words, **more) -> subprocess.CompletedProcess:
    return subprocess.run([SLUIS, *map(str, words)], capture_output=True, text=True, timeout=120, **more)


def sample(*words) -> dict:
    done = sluis("sample", "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def found_as_expected(file: str | pathlib.Path, *words):
    expected = json.loads(pathlib.Path(f"{file}.expected.json").read_text())
    done = sluis("validate", file, "--json", *words)
    found = json.loads(done.stdout)
    assert done.returncode == (0 if expected["verdict"] == "accepted" else 1)
    # First what tells most in one look.
    assert found["detail"] is None or found["code"] == "VAL01", found["detail"]
    assert found["counts"] == expected["counts"]
    assert {key: found[key] for key in expected} == expected
    return expected


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("period", VERSIONS)
def test_exactly_what_was_planted_is_found(form, period, tmp_path):
    for errors, records in ((0, 400), (0.02, 400), (1, 400)):
        made = sample("--period", period, "--records", records, "--errors", errors, "--seed", 5, "--format", form, "--out",
                      tmp_path)
        assert made["version"] == VERSIONS[period] and made["file"].endswith("." + EXTENSIONS[form])
        expected = found_as_expected(made["file"])
        assert expected["records"] == records
        if errors == 0:
            assert expected["verdict"] == "accepted" and set(expected["counts"]) == {"JH112"}
        if errors == 1:
            assert len(expected["counts"]) >= 50
        pathlib.Path(made["file"]).unlink()
        pathlib.Path(made["expected"]).unlink()


@pytest.mark.parametrize("words", [
    ["--period", "2025", "--psn"], ["--period", "2026H1", "--response", 100], ["--period", "2015"],
    ["--period", "2025Q4", "--encoding", "utf-16be", "--separator", "tab", "--quoted"],
    ["--period", "2024H2", "--encoding", "utf-8-bom", "--separator", ","], ["--period", "2017-02", "--encoding", "windows-1252"],
])
def test_every_dress_and_kind_of_period_is_judged_alike(words, tmp_path):
    for seed, records, errors in ((1, 40, 0), (2, 700, 0.3), (3, 700, 1)):
        found_as_expected(sample("--records", records, *words, "--seed", seed, "--errors", errors, "--out", tmp_path)["file"])


def test_more_findings_of_a_rule_than_are_listed_are_counted(tmp_path):
    made = sample("--period", "2026-10", "--records", 6000, "--response", 0, "--out", tmp_path)
    expected = found_as_expected(made["file"])
    assert expected["counts"]["JH112"] > 3000 and len(expected["findings"]) == 1000


@pytest.mark.parametrize("form", [form for form in ("xlsx", "xls") if form in FORMATS])
def test_numbers_that_a_spreadsheet_made_of_codes_are_read(form, tmp_path):
    found_as_expected(sample("--period", "2026-10", "--format", form, "--as-numbers", "--out", tmp_path)["file"])


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    digests = []
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        (tmp_path / folder).mkdir()
        made = sample("--period", "2026-10", "--seed", seed, "--errors", 0.1, "--out", tmp_path / folder)
        digests.append([hashlib.sha256(pathlib.Path(made[which]).read_bytes()).hexdigest() for which in ("file", "expected")])
    assert digests[0] == digests[1] and digests[0][0] != digests[2][0]


@pytest.mark.parametrize("words", [
    ["--period", "2099-01"], ["--period", "13"], ["--errors", "2"], ["--errors", "x"], ["--format", "pdf"],
    ["--dataset", "wmo"], ["--municipality", "GM0000"], ["--records", "-1"], ["--separator", "|"], ["--encoding", "ebcdic"],
    ["--period", "2013-01"], ["--out", "no/such/folder/x.csv"], ["--out", "111222333.csv"],
    ["--format", "xls", "--records", "65536"], ["--format", "ascii", "--psn"],
])
def test_what_cannot_be_made_is_wrong_use(words, tmp_path):
    done = sluis("sample", *words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("sluis: ")
    assert list(tmp_path.iterdir()) == []


def test_files_are_not_replaced_unasked_nor_put_where_deliveries_are_dropped(tmp_path):
    words = ["--period", "2026-10", "--records", 10]
    made = sample(*words, "--out", tmp_path)
    before = pathlib.Path(made["file"]).read_bytes()
    assert sluis("sample", *words, "--out", tmp_path).returncode == 2
    assert pathlib.Path(made["file"]).read_bytes() == before
    sample(*words, "--out", tmp_path, "--force")
    for folder in ("inbox", "outbox"):
        (tmp_path / "p0001" / folder).mkdir(parents=True)
    done = sluis("sample", *words, "--out", tmp_path / "p0001" / "inbox")
    assert done.returncode == 2 and "drop folder" in done.stderr
    assert list((tmp_path / "p0001" / "inbox").iterdir()) == []


def test_a_sample_put_into_test_gets_the_verdict_that_was_expected(tmp_path):
    made = sample("--period", "2026-10", "--records", 300, "--errors", 0.4, "--out", tmp_path)
    expected = json.loads(pathlib.Path(made["expected"]).read_text())
    instance = Instance(tmp_path / "sandbox").up()
    try:
        name = pathlib.Path(made["file"]).name
        instance.sftp(f"put {made['file']} test/{name}")
        outbox = tmp_path / "outbox"
        outbox.mkdir()

        def text():
            instance.sftp(f"get outbox/{name}.*.check.txt {outbox}", check=False)
            return [file.read_text() for file in outbox.iterdir()]
        told = wait_for(text, "the check is there")[0]
        # A rule that only a register can judge (JH401) may be there too.
        assert all(rule in told for rule in expected["counts"]), told
        assert "VAL01" in told
    finally:
        instance.down()
        remove(tmp_path / "sandbox")
