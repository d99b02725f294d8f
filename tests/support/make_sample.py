#!/usr/bin/python3
"""Writes a right jeugdhulp delivery as CSV: what tests, benchmarks and people trying it deliver.

    make_sample.py --records 1000 --period 2026H1 [--seed 1] [--municipality GM0034] [--output FILE] [--delimiter ';']

The children do not exist: their numbers are taken from 900000012 on (numbers from 9 on were never issued as a BSN), each
passing the eleven-test. One child has at most one trajectory of each form of help, so keys are unique and nothing
overlaps; half of the trajectories have ended, most of those with one or two measurements. The same arguments give the same
bytes. About 75 bytes a record.
"""
import argparse
import datetime
import random
import sys

HEADER = ("bsn", "geboortedatum", "geslacht", "postcode", "gemeentecode", "verwijzer", "hulpvorm", "gestart_met_crisis",
          "datum_aanvang", "datum_einde", "reden_beeindiging", "tevredenheid_1", "tevredenheid_2", "zonder_hulp_verder_1",
          "zonder_hulp_verder_2", "doelrealisatie_1", "doelrealisatie_2", "informant_1", "informant_2", "perspectief",
          "productcategorie", "profiel", "zorgvraagzwaarte", "complexiteit")
FIRST_NUMBER, LAST_NUMBER = 900000012, 999999980
FORMS = ("02", "02", "02", "02", "01", "03", "04", "11", "12", "14", "13")


def period_days(text):
    """First and last day of 2026H1, 2026Q3, 2026-10 or 2026."""
    year, rest = int(text[:4]), text[4:].upper()
    if not rest:
        first, months = 1, 12
    elif rest[0] == "H":
        first, months = 6 * int(rest[1]) - 5, 6
    elif rest[0] == "Q":
        first, months = 3 * int(rest[1]) - 2, 3
    else:
        first, months = int(rest[1:]), 1
    after = first + months
    end = datetime.date(year + (after > 12), after - 12 * (after > 12), 1)
    return datetime.date(year, first, 1), end - datetime.timedelta(days=1)


def passes_eleven_test(number):
    digits = [int(d) for d in "%09d" % number]
    return sum(d * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0


def numbers(seed):
    """Numbers that pass, in steps that keep them apart."""
    number = FIRST_NUMBER + seed % 1000 * 1000
    while number < LAST_NUMBER:
        # Of eleven numbers in a row that share eight digits at most one passes: find it by its last digit.
        base = number // 10 * 10
        digits = [int(d) for d in "%09d" % base]
        last = sum(d * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2))) % 11
        if last < 10 and base + last >= number:
            yield base + last
        number = base + 10


def pick_list(rng, values, size):
    return [values[int(rng.random() * len(values))] for _ in range(size)]


def records(count, period, seed, municipality):
    """Yields lines without line end, as tuples of cells."""
    rng = random.Random("%s %s %s" % (period, seed, municipality))
    first, last = period_days(period)
    days = (last - first).days + 1
    texts = {}

    def text_of(offset):
        if offset not in texts:
            texts[offset] = (first + datetime.timedelta(days=offset)).strftime("%Y%m%d")
        return texts[offset]

    # Drawn once, used in turn: drawing each cell of two million records would take minutes.
    births = ["%04d%02d%02d" % (first.year - 17 + int(rng.random() * 15), 1 + int(rng.random() * 12),
                                1 + int(rng.random() * 28)) for _ in range(4001)]
    postcodes = ["%d%s" % (1300 + int(rng.random() * 60), "".join(pick_list(rng, "ABCDEGHJKLMNPRTVWXZ", 2)))
                 for _ in range(3001)]
    referrers = pick_list(rng, ("01", "01", "01", "02", "02", "03", "04", "05", "06", "08"), 997)
    stays = [(-int(rng.random() * 500), int(rng.random() * days)) for _ in range(5003)]
    reasons = pick_list(rng, ("01", "01", "01", "01", "02", "02", "03", "04", "05"), 499)
    marks = [(str(1 + int(rng.random() ** 0.5 * 10)), str(1 + int(rng.random() * 4)), str(1 + int(rng.random() * 4)))
             for _ in range(2003)]
    extras = [(rng.choice(("", "02", "03", "04")), str(40 + int(rng.random() * 16)), rng.choice(("", str(1 + int(rng.random() * 11)))),
               rng.choice(("", "1", "2", "3", "4")), rng.choice(("", "1", "2", "3"))) for _ in range(1009)]

    number = numbers(seed)
    made = 0
    bsn, forms, sex, birth, postcode = "", [], "", "", ""
    while made < count:
        if not forms:
            bsn = "%09d" % next(number)
            draw = int(rng.random() * 1000003)
            sex, birth, postcode = "MV"[draw & 1], births[draw % 4001], postcodes[draw % 3001]
            form = FORMS[draw % 11]
            forms = [form] if draw % 5 else [form, "13" if form == "02" else "02"]
        draw = int(rng.random() * 1000003)
        form = forms.pop()
        start, end = stays[draw % 5003]
        begun = text_of(start) if end - start > 1 or form < "11" else text_of(end - 2)
        referrer = referrers[draw % 997]
        perspective, product, profile, severity, complexity = extras[draw % 1009]
        crisis = "J" if draw % 20 == 0 else "N"
        if draw % 2:
            yield (bsn, birth, sex, postcode, municipality, referrer, form, crisis, begun, "", "", "", "", "", "", "", "", "",
                   "", perspective, product, profile, severity, complexity)
        else:
            one, two = marks[draw % 2003], marks[draw % 1999]
            youth = "J" if draw % 3 else "O"
            parent = "O" if youth == "J" else "J"
            if draw % 8 < 2:
                one, two, youth, parent = ("", "", ""), ("", "", ""), "", ""
            elif draw % 8 < 6:
                two, parent = ("", "", ""), ""
            yield (bsn, birth, sex, postcode, municipality, referrer, form, crisis, begun, text_of(end), reasons[draw % 499],
                   one[0], two[0], one[1], two[1], one[2], two[2], youth, parent, perspective, product, profile, severity,
                   complexity)
        made += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--period", default="2026H1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--municipality", default="GM0034")
    parser.add_argument("--delimiter", default=";")
    parser.add_argument("--output", default="-")
    arguments = parser.parse_args()
    out = sys.stdout if arguments.output == "-" else open(arguments.output, "w", encoding="ascii", newline="")
    join = arguments.delimiter.join
    out.write(join(HEADER) + "\n")
    lines = []
    for cells in records(arguments.records, arguments.period, arguments.seed, arguments.municipality):
        lines.append(join(cells))
        if len(lines) == 10000:
            out.write("\n".join(lines) + "\n")
            lines.clear()
    if lines:
        out.write("\n".join(lines) + "\n")
    if out is not sys.stdout:
        out.close()


if __name__ == "__main__":
    main()
