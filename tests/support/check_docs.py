#!/usr/bin/python3
"""Holds the documents against what is there: links, rules, commands, refusal codes. Usage: check_docs.py PROGRAM"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
wrong: list[str] = []


def check_links(page: pathlib.Path):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not (page.parent / target).exists():
            wrong.append(f"{page.relative_to(ROOT)}: no such place: {target}")


def check_commands(page: pathlib.Path):
    """Every `sluis …` command in an example must be one."""
    known = {}
    for line in page.read_text().splitlines():
        match = re.match(r"^\s*(?:sudo (?:-u \w+ )?)?sluis ([a-z]+)(?: ([a-z]+))?(?=\s|$)", line)
        if not match:
            continue
        words = tuple(word for word in match.groups() if word)
        if words not in known:
            shown = subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True)
            alone = subprocess.run([PROGRAM, words[0], "--help"], capture_output=True, text=True)
            known[words] = shown.returncode == 0 and alone.returncode == 0
        if not known[words]:
            wrong.append(f"{page.relative_to(ROOT)}: no such command: sluis {' '.join(words)}")


def check_rules():
    made = subprocess.run([PROGRAM, "rules", "--markdown"], capture_output=True, text=True, check=True).stdout
    if made != (ROOT / "docs/rules.md").read_text():
        wrong.append("docs/rules.md is old: build/release/bin/sluis rules --markdown > docs/rules.md")


def check_codes():
    table = (ROOT / "daemon/model/refusal.cpp").read_text()
    page = (ROOT / "docs/provider/delivering.md").read_text()
    codes = set(re.findall(r'"(NAM|[A-Z]{3}\d\d)"', table))
    if len(codes) < 10:
        wrong.append("the table of refusal codes was not found")
    for code in sorted(codes):
        if f"`{code}`" not in page:
            wrong.append(f"docs/provider/delivering.md does not explain {code}")


def check_manuals():
    for page in (ROOT / "docs/man").iterdir():
        if not page.read_text().startswith(".Dd "):
            wrong.append(f"{page.relative_to(ROOT)}: not a manual page")
    help_text = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    manual = (ROOT / "docs/man/sluis.1").read_text()
    groups = re.findall(r"^  ([a-z]+)\s{2,}\S", help_text.split("Subcommands:")[1], flags=re.M)
    if len(groups) < 10:
        wrong.append("sluis --help lists too few commands to be true")
    for group in groups:
        if f".It Ic {group}" not in manual:
            wrong.append(f"docs/man/sluis.1 does not know sluis {group}")


pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
for each in pages:
    check_links(each)
    check_commands(each)
check_rules()
check_codes()
check_manuals()
for line in wrong:
    print(line)
print(f"{len(pages)} pages, {len(wrong)} mistakes")
sys.exit(1 if wrong else 0)
