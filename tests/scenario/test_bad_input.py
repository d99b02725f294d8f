"""Files that attack, and files that went wrong: a refusal with a sentence that helps, in bounded memory and time."""

import io
import json
import re
import resource
import subprocess
import time
import zipfile

import pytest

from instance import HEADER, bsns, build_dir, csv

SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


def workbook(sheet: bytes, spaces: int = 0) -> bytes:
    """The least that is an .xlsx, around one sheet that ends in so many MiB of spaces."""
    parts = {
        "[Content_Types].xml":
            b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName='
            b'"/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            b'</Types>',
        "_rels/.rels":
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            b'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml":
            b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.'
            b'openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="x" sheetId="1" r:id="r1"/>'
            b'</sheets></workbook>',
        "xl/_rels/workbook.xml.rels":
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
            b'Target="worksheets/sheet1.xml"/></Relationships>'}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as out:
            out.write(sheet)
            for _ in range(spaces):
                out.write(b" " * (1 << 20))
    return file.getvalue()


def cells(*values: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values) + "</row>"


GOOD_HEADER = cells(*HEADER.split(";"))
RIGHT = cells(next(bsns(1)), "20120514", "V", "1315AB", "GM0034", "02", "02", "N", "20260201", "20260601", "01", "8", "J")
ENTITIES = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' +
            "".join(f'<!ENTITY {chr(98 + i)} "{(chr(38) + chr(97 + i) + ";") * 10}">' for i in range(9)) + "]>")


def good() -> bytes:
    return workbook(SHEET.format(f"<sheetData>{GOOD_HEADER}{RIGHT}</sheetData>").encode())


def unfinished() -> bytes:
    return SHEET.format("<sheetData>" + GOOD_HEADER).split("</worksheet>")[0].encode()


def surrogates() -> bytes:
    return b"\xff\xfe" + csv(3).decode().encode("utf-16-le").replace("1315AB".encode("utf-16-le"), b"\x00\xd8" * 6, 1)


def entities() -> bytes:
    return workbook(SHEET.format(f"<sheetData>{cells('&j;')}</sheetData>").replace("?>", "?>" + ENTITIES).encode())


# name: what is in the file, the code, and a word that its sentence must hold.
BROKEN = {
    "truncated zip.xlsx": (lambda: good()[:len(good()) // 2], "FMT01", "exporteer"),
    "no directory.xlsx": (lambda: good()[:-30], "FMT01", "exporteer"),
    "zip bomb.xlsx": (lambda: workbook(unfinished(), spaces=1024), "FMT01", "uitpakken"),
    "entity bomb.xlsx": (entities, "FMT01", "documenttype"),
    "really html.xlsx": (lambda: b"<html><body><table><tr><td>bsn</td></tr></table></body></html>", "FMT01", "HTML"),
    "really csv.xlsx": (lambda: csv(3), "FMT01", "csv"),
    "empty.xlsx": (lambda: b"", "FMT01", "leeg"),
    "broken xml.xlsx": (lambda: workbook(unfinished() + RIGHT.encode()[:40]), "FMT01", "exporteer"),
    "really xlsx.xls": (good, "FMT01", "xlsx"),
    "half an ole file.xls": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\xff" * 600, "FMT01", "xls"),
    "really xlsx.csv": (good, "FMT01", "xlsx"),
    "nul bytes.csv": (lambda: csv(3).replace(b"1315AB", b"1315\0\0", 1), "FMT01", "nul"),
    "nothing but nul.csv": (lambda: b"\0" * 100_000, "FMT01", "nul"),
    "lone surrogates.csv": (surrogates, "FMT01", "UTF-16"),
    "ten thousand columns.csv": (lambda: (";".join(f"k{i}" for i in range(10_000)) + "\n").encode() * 3, "FMT", "kolom"),
    "no end of quotes.csv": (lambda: (HEADER + '\n"').encode() + b"x" * 3_000_000, "FMT01", "aanhalingsteken"),
    "bsn as floats.csv": (lambda: re.sub(rb"\n9(\d{5})\d{3};", rb"\n9,\1E+08;", csv(20)), "FMT02", "tekst"),
    "no columns of ours.csv": (lambda: b"naam;adres\nJan;Dam 1\n", "FMT02", "kolom"),
    "really csv.asc": (lambda: csv(3), "FMT01", "csv"),
    "empty.csv": (lambda: b"", "FMT0", "leeg"),
}


def validate(file, period="2026H1"):
    started = time.monotonic()
    done = subprocess.run([build_dir() / "bin" / "sluis", "validate", file, "--dataset", "jeugdhulp", "--period", period,
                           "--json"], capture_output=True, text=True, timeout=60)
    return done, time.monotonic() - started


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(tmp_path, name):
    content, code, word = BROKEN[name]
    file = tmp_path / ("jeugdhulp_2026H1." + name.rsplit(".", 1)[1])
    file.write_bytes(content())
    done, seconds = validate(file)
    assert done.returncode == 1, done.stdout + done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["code"].startswith(code) and verdict["verdict"] == "rejected", verdict
    assert (verdict["records"], verdict["findings"]) == (0, [])
    told = subprocess.run([build_dir() / "bin" / "sluis", "validate", file], capture_output=True, text=True, timeout=60)
    sentence = told.stdout + told.stderr
    assert told.returncode == 1 and verdict["code"] in sentence and word.lower() in sentence.lower(), sentence
    assert seconds < 20
    # The children that have been waited for: sluis and, through it, the worker.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 200 << 10


def test_a_line_of_two_gigabytes_is_refused_at_once(tmp_path):
    file = tmp_path / "jeugdhulp_2026H1.csv"
    with open(file, "wb") as out:
        out.write((HEADER + "\n").encode() + b"9" * 1_000_000)
        out.truncate(2 << 30)  # the rest is a hole of NULs
    done, seconds = validate(file)
    assert done.returncode == 1 and json.loads(done.stdout)["code"] == "FMT01" and seconds < 10


def test_the_least_workbook_is_read_right(tmp_path):
    """What the broken ones are made from is right, so it is the breaking that is refused."""
    file = tmp_path / "jeugdhulp_2026H1.xlsx"
    file.write_bytes(good())
    done, _ = validate(file)
    assert done.returncode == 0 and json.loads(done.stdout)["records"] == 1, done.stdout
