#!/usr/bin/python3
"""sluis validate against the plainest program that reads the same bytes, in turns.

    tests/bench/validate.py [--records 2000000] [--pairs 5] [--formats csv,asc,xlsx]

csv and asc: against sha256sum of the file. xlsx: against `unzip -p FILE | wc -c`. Both times are whole processes from
start to end, the file in the page cache. Prints each pair, the median ratio, and the processor time of both; asserts
nothing but that the file is right.
"""

import argparse
import datetime
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))
from instance import build_dir  # noqa: E402

SLUIS = build_dir() / "bin" / "sluis"


def timed(words: list) -> tuple[float, float]:
    """Wall and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(words, stdout=subprocess.DEVNULL)
    took = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, words
    return took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def make(folder: pathlib.Path, form: str, records: int) -> pathlib.Path:
    file = folder / f"jeugdhulp_2026H1.{form}"
    if form == "csv":
        with file.open("wb") as out:
            subprocess.run(["/usr/bin/python3", ROOT / "tests/support/make_sample.py", "--records", str(records),
                            "--period", "2026H1", "--seed", "1"], stdout=out, check=True)
    else:
        subprocess.run([SLUIS, "sample", "--dataset", "jeugdhulp", "--period", "2026H1", "--records", str(records),
                        "--errors", "0", "--seed", "1", "--format", {"asc": "ascii"}.get(form, form), "--out", file], check=True,
                       stdout=subprocess.DEVNULL)
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--formats", default="csv,asc,xlsx")
    chosen = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluis-validate-"))
    try:
        for form in chosen.formats.split(","):
            # A sheet of Excel has 1,048,576 rows.
            file = make(folder, form, min(chosen.records, 1_000_000) if form == "xlsx" else chosen.records)
            yardstick = ["sh", "-c", 'unzip -p "$0" | wc -c', file] if form == "xlsx" else ["sha256sum", file]
            name = "unzip | wc" if form == "xlsx" else "sha256sum"
            ratios = []
            for turn in range(-1, chosen.pairs):
                ours, ours_cpu = timed([SLUIS, "validate", file])
                theirs, theirs_cpu = timed(yardstick)
                if turn < 0:
                    continue  # warm-up
                ratios.append(ours / theirs)
                print(f"{form} {file.stat().st_size / 1e6:.0f} MB: validate {ours:.2f} s ({ours_cpu:.2f} s processor), "
                      f"{name} {theirs:.2f} s ({theirs_cpu:.2f} s), ratio {ratios[-1]:.2f}")
            print(f"{form}: ratio validate / {name}: median {statistics.median(ratios):.2f}, "
                  f"{min(ratios):.2f}–{max(ratios):.2f} on {os.cpu_count()} processors ({datetime.date.today()})")
            file.unlink()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
