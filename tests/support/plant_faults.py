#!/usr/bin/python3
"""Writes a delivery with faults planted in it, and beside it exactly what a checker must find.

    plant_faults.py --output FILE.csv --expected FILE.json [--records 50000] [--period 2026H1] [--identity bsn|psn]
                    [--seed 1] [--uncovered 0] [--short]

Written from the description of the dataset and its rules alone: it shares no code with the program that it tests. Every rule
of the levels field, record and file is broken several times in several ways, beside right records that come near; some
records are wrong in more than one way, and two rules are broken more often than findings are listed. The file is wrong as a
whole too: one indicator has only one score (JH204), and too many trajectories end on one day (JH205).

--expected: {"records": n, "findings": [{"row", "field", "rule", "severity", "level"}, ...]} in order of row, then rule; row 0
is the whole file. Findings of level "contract" (JH401) hold where a register says that only GM0034 is covered.
--identity psn: pre-pseudonyms in the place of the BSN. --uncovered N: N records of another municipality. --short: every value
fits a fixed-width layout. The version of the dataset follows from the period (4 up to 2017, else 5 and 5.1).
"""
import argparse
import datetime
import json
import random

DAY = datetime.timedelta(days=1)
FIELDS = ("bsn", "geboortedatum", "geslacht", "postcode", "gemeentecode", "verwijzer", "hulpvorm", "gestart_met_crisis",
          "datum_aanvang", "datum_einde", "reden_beeindiging", "tevredenheid_1", "tevredenheid_2", "zonder_hulp_verder_1",
          "zonder_hulp_verder_2", "doelrealisatie_1", "doelrealisatie_2", "informant_1", "informant_2", "perspectief",
          "productcategorie", "profiel", "zorgvraagzwaarte", "complexiteit")
PADDED = ("tevredenheid_1", "tevredenheid_2", "profiel")  # numbers that stand in two positions
WIDTHS = dict(zip(FIELDS, (9, 9, 1, 6, 6, 2, 2, 1, 8, 8, 2, 2, 2, 1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1)))
SCORES = [name for name in FIELDS if name.startswith(("tevr", "zonder", "doel"))]
WARNINGS = {"JH109", "JH112", "JH113", "JH115", "JH117", "JH120", "JH204", "JH205", "JH207"}
UNBORN = ("00000000", "000000000", "99999999", "999999999")
ONLY_SCORE = "3"  # of zonder_hulp_verder, in the whole file

# What cannot stand in a field, whatever the rest of the record says: (field, rule, values).
FIELD_FAULTS = (
    ("geboortedatum", "JH005", ("", "  ")),
    ("geboortedatum", "JH006", ("20141332", "20150229", "2014-5-1", "14052014", "20140012", "18991231", "2014051", "onbekend",
                                "0000000", "20140532", "12/05/2014", "1 mei 2014")),
    ("geslacht", "JH007", ("", " ")),
    ("geslacht", "JH008", ("m", "v", "X", "1", "?", "MV", "Man")),
    ("postcode", "JH009", ("", "   ")),
    ("postcode", "JH116", ("1315ab", "0315AB", "131AB", "Almere", "GM9999", "9999", "1315", "AB1315", "13155A", "1315 AB",
                           "1315AB1")),
    ("gemeentecode", "JH010", ("", " ")),
    ("gemeentecode", "JH011", ("34", "GM34", "gm0034", "Almere", "GM9999", "9999", "00034", "GM 0034", "GM00341")),
    ("verwijzer", "JH012", ("", " ")),
    ("verwijzer", "JH013", ("1", "00", "09", "10", "x1", "1x", "011", "huisarts")),
    ("hulpvorm", "JH014", ("", " ")),
    ("hulpvorm", "JH015", ("2", "00", "05", "10", "15", "2a", "99", "ambulant")),
    ("gestart_met_crisis", "JH016", ("", " ")),
    ("gestart_met_crisis", "JH017", ("j", "n", "1", "0", "ja", "Nee")),
    ("datum_aanvang", "JH018", ("", " ")),
    ("datum_aanvang", "JH019", ("20260230", "20261301", "20260100", "15012026", "2026011", "00000000", "vandaag", "2026-01-15",
                                "2026011 5")),
    ("datum_einde", "JH020", ("20260431", "2026043", "99999999", "00000000", "20261301", "20260400", "30-04-2026", "lopend")),
    ("reden_beeindiging", "JH021", ("06", "00", "1", "10", "xx", "99", "001")),
    ("tevredenheid_1", "JH022", ("0", "11", "-1", "07", "x", "7,5", "100", "zes")),
    ("tevredenheid_2", "JH023", ("0", "11", "+1", "08", "?", "8.0", "999")),
    ("zonder_hulp_verder_1", "JH024", ("0", "5", "x", "1.0", "03")),
    ("zonder_hulp_verder_2", "JH025", ("0", "9", "-", "eens")),
    ("doelrealisatie_1", "JH026", ("0", "5", "n", "1,0", "01")),
    ("doelrealisatie_2", "JH027", ("0", "7", "=", "behaald")),
    ("informant_1", "JH028", ("j", "o", "V", "1", "Jeugdige")),
    ("informant_2", "JH029", ("j", "M", "0", "OJ")),
    ("perspectief", "JH030", ("00", "05", "1", "x4", "begeleiden")),
    ("productcategorie", "JH031", ("39", "56", "00", "4", "99", "30", "4A", "045")),
    ("profiel", "JH032", ("0", "12", "01", "x", "99", "1.0")),
    ("zorgvraagzwaarte", "JH033", ("0", "5", "x", "03", "-2")),
    ("complexiteit", "JH034", ("0", "4", "9", "02", "hoog")),
)
NUMBER_FAULTS = (("JH001", ("", "   ")),
                 ("JH002", ("1112223", "1112223A3", "A11222333", "11122 333", "111-22233", "0", "1,23E+08", "111.222.333",
                            "1112223334", "1,23457E+08", "111222333.0")))
PSN_FAULTS = (("JH003", ("", "  ")),
              ("JH004", ("0011", "g" * 32, "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
                         "00112233-4455-6677-8899-aabbccddeeff", "0x112233445566778899aabbccddeeff")),
              ("JH119", ("0" * 32, "9" * 32, "f" * 32, "F" * 16 + "f" * 16)))


def text(day):
    return day.strftime("%Y%m%d")


def years_before(day, years):
    """The day on which somebody was born who turns `years` on `day`."""
    return (day if (day.month, day.day) != (2, 29) else day - DAY).replace(year=day.year - years)


def passes(number):
    digits = [int(d) for d in "%09d" % number]
    return sum(d * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0


def days_of(period):
    year, rest = int(period[:4]), period[4:].upper()
    first, months = (1, 12) if not rest else {"H": (6 * int(rest[-1]) - 5, 6), "Q": (3 * int(rest[-1]) - 2, 3)}.get(
        rest[0], (int(rest[1:] or 1), 1))
    after = first + months
    return datetime.date(year, first, 1), datetime.date(year + (after > 12), after - 12 * (after > 12), 1) - DAY


class Planter:
    def __init__(self, arguments):
        self.rng = random.Random("%s %s %s" % (arguments.seed, arguments.period, arguments.identity))
        self.first, self.last = days_of(arguments.period)
        self.psn = arguments.identity == "psn"
        self.short = arguments.short
        self.old = self.first.year < 2018  # version 4
        self.unknown, self.unborn = ("000000000", "999999999") if self.old else ("999999999", "000000000")
        self.fields = [name for name in FIELDS if not (self.old and name == "gestart_met_crisis")]
        self.next_number = 900000000
        self.crowded = self.first + (self.last - self.first) * 2 // 3  # the day on which too many end
        self.planted = []  # [record, [(field, rule), ...]]
        self.keys = set()

    # Right records.

    def number(self):
        self.next_number += 1 + int(self.rng.random() * 40)
        while not passes(self.next_number):
            self.next_number += 1
        return "%09d" % self.next_number

    def identity(self):
        return "%032x" % self.rng.getrandbits(128) if self.psn else self.number()

    def day(self, first, last):
        return first + DAY * int(self.rng.random() * ((last - first).days + 1))

    def pick(self, *values):
        return values[int(self.rng.random() * len(values))]

    def record(self, **changes):
        """A right record: ended=True or False says which; start, end, age as given; texts of fields as given."""
        pick = self.pick
        ended = changes.pop("ended", None)
        ended = self.rng.random() < 0.6 if ended is None else ended
        start = changes.pop("start", None)
        end = changes.pop("end", None)
        if end is None and ended:
            crowded = self.rng.random() < 0.5 and (start is None or start < self.crowded - 2 * DAY)
            end = self.crowded if crowded else self.day(max(self.first, (start or self.first) + 2 * DAY), self.last)
        if start is None:
            start = self.day(self.first - 400 * DAY, (end or self.last) - 2 * DAY)
        age = changes.pop("age", None)
        born = years_before(start, int(self.rng.random() * 17) if age is None else age) - DAY * int(self.rng.random() * 360)
        made = dict.fromkeys(self.fields, "")
        made.update(bsn=self.identity(), geboortedatum=text(born), geslacht=pick("M", "V"),
                    postcode="%d%s%s" % (1300 + int(self.rng.random() * 8000), pick(*"ABCDEGHJKL"), pick(*"MNPRSTVWXZ")),
                    gemeentecode="GM0034", verwijzer=pick("01", "02", "03", "04", "05", "06", "08"),
                    hulpvorm=pick("01", "02", "03", "04", "11", "12", "13", "14"), datum_aanvang=text(start),
                    perspectief=pick("", "02", "03", "04"), productcategorie=pick("", "40", "45", "55"),
                    profiel=pick("", "1", "11", "5"), zorgvraagzwaarte=pick("", "1", "4"), complexiteit=pick("", "1", "3"))
        if not self.old:
            made["gestart_met_crisis"] = pick("J", "N", "N")
        if end is not None:
            made.update(datum_einde=text(end), reden_beeindiging=pick("01", "02", "03", "04", "05"))
            self.measure(made, *pick(("1",), ("2",), ("1", "2")))
        made.update(changes)
        return made

    def measure(self, record, *which):
        informants = self.pick("JO", "OJ")
        for number in which:
            record["informant_" + number] = informants[int(number) - 1]
            scores = [("tevredenheid_", str(1 + int(self.rng.random() * 10))), ("zonder_hulp_verder_", ONLY_SCORE),
                      ("doelrealisatie_", self.pick("1", "2", "3", "4"))]
            keep = 1 + int(self.rng.random() * 3)
            self.rng.shuffle(scores)
            for name, score in scores[:keep]:
                record[name + number] = score

    def unmeasured(self, **changes):
        """An ended record without any measurement (itself JH112)."""
        made = self.record(ended=True)
        for name in SCORES + ["informant_1", "informant_2"]:
            made[name] = ""
        made.update(changes)
        return made

    def plant(self, record, *findings):
        self.planted.append([record, list(findings)])

    def fitting(self, field, values):
        def fits(value):  # where there is room for it, zeros before a number are no fault in a fixed width
            padded = field in PADDED and len(value) == 2 and value.startswith("0")
            return len(value) <= WIDTHS[field] and value == value.strip() and not padded

        return [value for value in values if not self.short or fits(value)] or [""]

    # Faults.

    def plant_field_faults(self, times):
        for field, rule, values in FIELD_FAULTS:
            if field not in self.fields:
                continue
            for turn in range(times):
                ended = None if field not in ("datum_einde", "reden_beeindiging") else True
                ended = True if field in SCORES or field.startswith("informant") else ended
                record = self.record(ended=ended)
                if field.endswith(("_1", "_2")) and not record["informant_" + field[-1]]:
                    self.measure(record, "1", "2")
                values_here = self.fitting(field, values)
                record[field] = values_here[turn % len(values_here)]
                self.plant(record, (field, rule))
        for rule, values in PSN_FAULTS if self.psn else NUMBER_FAULTS:
            fits = self.fitting("bsn", values) if not self.psn else values
            for turn in range(times):
                self.plant(self.record(bsn=fits[turn % len(fits)]), ("psn" if self.psn else "bsn", rule))
        if not self.psn:
            for turn in range(1150):
                number = int(self.number())
                while passes(number):
                    number += 1 + int(self.rng.random() * 8)
                written = "%09d" % number if turn % 10 else "%08d" % (11000000 + turn * 11)
                if len(written) == 8 and passes(int(written)):
                    written = "%08d" % (int(written) + 1)
                self.plant(self.record(bsn=written), ("bsn", "JH101"))

    def plant_several_at_once(self, times):
        calm = [each for each in FIELD_FAULTS if each[0] in ("geslacht", "verwijzer", "perspectief", "productcategorie", "profiel",
                                                             "zorgvraagzwaarte", "complexiteit", "gemeentecode")]
        for _ in range(times):
            record, findings = self.record(), []
            for field, rule, values in self.rng.sample(calm, 3):
                if any(field == other for other, _ in findings):
                    continue
                record[field] = self.pick(*self.fitting(field, values))
                findings.append((field, rule))
            self.plant(record, *findings)
        for _ in range(times):  # a record wrong in itself, over fields, and in two ways that hide each other's rules
            start = self.day(self.first + 10 * DAY, self.last - 10 * DAY)
            self.plant(self.record(start=start, end=start - 3 * DAY, geslacht="Q", verwijzer="07", reden_beeindiging=""),
                       ("geslacht", "JH008"), (None, "JH105"), (None, "JH107"), ("verwijzer", "JH108"))
            self.plant(self.record(ended=True, datum_aanvang="20261399", geboortedatum="20310101", verwijzer="07", hulpvorm="13"),
                       ("datum_aanvang", "JH019"))

    def plant_birth_faults(self, times):
        for turn in range(times):
            if not self.psn:
                self.plant(self.nameless(self.unborn, geboortedatum=text(self.day(datetime.date(self.first.year - 12, 1, 1),
                                                                               self.first - 420 * DAY))), (None, "JH102"))
                self.plant(self.nameless(self.unknown, geboortedatum=UNBORN[turn % 4]), (None, "JH102"))
            self.plant(self.record(geboortedatum=UNBORN[turn % 4]), (None, "JH102"))

            start = self.day(self.first, self.last - 10 * DAY)
            later = start + DAY * (1 + turn * 13 % 300)
            month_later = (start.replace(day=28) + 7 * DAY)
            self.plant(self.record(start=start, geboortedatum=self.pick(
                text(later), text(month_later)[:6] + "00", "%d0000" % (start.year + 1))), (None, "JH103"))

            start = self.day(self.first - 300 * DAY, self.last - 10 * DAY)
            for rule, age in (("JH104", 23 + turn % 3 * 9), ("JH117", (18, 20, 22)[turn % 3])):
                exact = years_before(start, age)
                self.plant(self.record(start=start, geboortedatum=text(exact)), (None, rule))
            self.plant(self.record(start=start, geboortedatum=text(years_before(start, 23) + DAY)), (None, "JH117"))
            self.plant(self.record(start=start, geboortedatum="%d0000" % (start.year - 24 - turn % 5)), (None, "JH104"))
            self.plant(self.record(start=start, geboortedatum="%d0000" % (start.year - 19)), (None, "JH117"))
            if not self.psn:
                begun = min(self.last, datetime.date.today()) - 301 * DAY - DAY * (turn * 7)
                self.plant(self.nameless(self.unborn, start=begun, ended=False, geboortedatum=UNBORN[turn % 4]), (None, "JH120"))
                begun = self.first - 303 * DAY
                self.plant(self.nameless(self.unborn, start=begun, end=begun + 305 * DAY, geboortedatum=UNBORN[turn % 4]),
                           (None, "JH120"))

    def plant_date_faults(self, times):
        for turn in range(times):
            start = self.day(self.first + 40 * DAY, self.last)
            self.plant(self.record(start=start, end=start - DAY * (1 + turn % 38)), (None, "JH105"))
            self.plant(self.record(start=self.last + DAY * (1 + turn), ended=False), (None, "JH106"))
            self.plant(self.record(start=self.first - 90 * DAY, end=self.first - DAY * (1 + turn % 60)), (None, "JH106"))
            self.plant(self.record(end=datetime.date(2090 + turn % 10, 1 + turn % 12, 28), start=self.first), (None, "JH106"))
            self.plant(self.record(ended=True, reden_beeindiging=""), (None, "JH107"))
            self.plant(self.record(ended=False, reden_beeindiging=self.pick("01", "05")), (None, "JH107"))
            begun = self.day(datetime.date(2015, 1, 1), datetime.date(2015, 12, 31)) if turn % 4 else datetime.date(2015, 1, 1)
            self.plant(self.record(start=begun, ended=False, verwijzer="07"), ("verwijzer", "JH108"))
            start = self.day(self.first, self.last - DAY)
            self.plant(self.record(start=start, end=start + DAY * (turn % 2), hulpvorm=self.pick("11", "12", "13", "14")),
                       (None, "JH109"))
            gone = "GM0381" if self.first.year < 2023 or turn % 2 else "GM0457"  # Bussum, until 2016; Weesp, until 24 March 2022
            begun = self.first + turn * DAY
            self.plant(self.record(start=begun, gemeentecode=self.pick(gone, gone[2:])), ("gemeentecode", "JH118"))
            self.plant(self.record(start=begun, postcode=self.pick(gone, gone[2:])), ("postcode", "JH116"))
            if not self.old:
                self.plant(self.record(perspectief="01"), ("perspectief", "JH114"))
                self.plant(self.record(productcategorie=str(31 + turn % 8)), ("productcategorie", "JH115"))

    def plant_measurement_faults(self, times):
        for turn in range(times):
            record = self.unmeasured()
            self.measure(record, "1", "2")
            record["informant_" + "12"[turn % 2]] = ""
            self.plant(record, (None, "JH110"))
            record = self.unmeasured()
            self.measure(record, "12"[turn % 2])
            record["informant_" + "21"[turn % 2]] = "J" if record["informant_" + "12"[turn % 2]] == "O" else "O"
            self.plant(record, (None, "JH110"))
            self.plant(self.unmeasured(informant_1="J"), (None, "JH110"), (None, "JH112"))
            self.plant(self.record(ended=False, informant_2="O"), (None, "JH110"))
            record = self.unmeasured()
            self.measure(record, "1", "2")
            record["informant_1"] = record["informant_2"]
            self.plant(record, (None, "JH111"))
            record = self.record(ended=False)
            self.measure(record, *self.pick(("1",), ("2",), ("1", "2")))
            self.plant(record, (None, "JH113"))
        for _ in range(1400):
            self.plant(self.unmeasured(), (None, "JH112"))

    def nameless(self, placeholder, **changes):
        """A record without a BSN that is like no other one."""
        while True:
            made = self.record(bsn=placeholder, **changes)
            key = tuple(made[name] for name in ("geslacht", "geboortedatum", "postcode", "datum_aanvang", "hulpvorm"))
            if key not in self.keys:
                self.keys.add(key)
                return made

    def child(self, **changes):
        """What all records of one child share."""
        made = self.record(ended=True, **changes)
        return {name: made[name] for name in ("bsn", "geboortedatum", "geslacht", "postcode")}

    def same_child(self, child, form, start, end, **changes):
        made = self.record(start=start, end=end, ended=end is not None)
        made.update(child, hulpvorm=form, **changes)
        return made

    def plant_file_faults(self, times):
        at = self.first
        for turn in range(times):
            child, form = self.child(start=at), self.pick("02", "03", "04", "12")
            for each in range((2, 3, 5)[turn % 3]):  # one key; the ends do not matter
                here = dict(child, bsn=child["bsn"].upper()) if self.psn and each else child
                self.plant(self.same_child(here, form, at + 5 * DAY, self.pick(None, at + 20 * DAY, at + 9 * DAY)), (None, "JH201"))

            child = self.child(start=at)
            spans = ([(0, 10), (10, 20)], [(0, None), (12, 20), (22, 25)], [(0, 40), (5, 8), (30, 60)], [(0, 9), (8, None)])[turn % 4]
            for begin, end in spans:
                self.plant(self.same_child(child, form, at + DAY * begin, None if end is None else at + DAY * end), (None, "JH202"))
            self.plant(self.same_child(child, "01", at + 3 * DAY, at + 30 * DAY))  # another form may run beside it

            child = self.child(start=at)  # equal keys and an overlap with a third
            self.plant(self.same_child(child, form, at, at + 9 * DAY), (None, "JH201"))
            self.plant(self.same_child(child, form, at, at + 30 * DAY), (None, "JH201"), (None, "JH202"))
            self.plant(self.same_child(child, form, at + 20 * DAY, at + 25 * DAY), (None, "JH202"))

            child = self.child(start=at)
            born = child["geboortedatum"]
            other = "%08d" % (int(born) - 10000)
            ways = ([{}, {"geslacht": "MV"[child["geslacht"] == "M"]}], [{}, {"geboortedatum": other}],
                    [{}, {"geboortedatum": other[:4] + "0000"}, {}], [{"geslacht": "O"}, {"geboortedatum": other}, {}])[turn % 4]
            for each, way in enumerate(ways):
                self.plant(self.same_child(child, ("01", "02", "03")[each], at, at + 15 * DAY, **way), (None, "JH203"))

            if not self.psn:
                twin = self.nameless(*self.pick((self.unknown,), (self.unborn,)), start=self.day(self.first, self.last - 40 * DAY),
                                     ended=True)
                if twin["bsn"] == self.unborn:
                    twin["geboortedatum"] = UNBORN[turn % 4]
                for each in range(2 + turn % 2):
                    here = dict(twin)
                    if twin["bsn"] == self.unborn:  # all ways to say unborn are the same
                        here["geboortedatum"] = UNBORN[(turn + each) % 4]
                    self.plant(here, (None, "JH207"))

    def plant_neighbours(self, times):
        """What is right, and comes near to being wrong."""
        for turn in range(times):
            start = self.day(self.first, self.last - 40 * DAY)
            plant = self.plant
            if not self.psn:
                plant(self.nameless(self.unknown))
                plant(self.nameless(self.unborn, start=start, geboortedatum=UNBORN[turn % 4]))
                if not self.short:
                    plant(self.record(bsn=" %s " % self.number(), geslacht=" V", postcode="1315AB "))
            plant(self.record(start=start, geboortedatum=text(years_before(start, 18) + DAY)))
            plant(self.record(start=start, geboortedatum=text(start)))
            plant(self.record(start=start, geboortedatum=text(start)[:6] + "00"))
            plant(self.record(start=start, geboortedatum="%d0000" % self.pick(start.year, start.year - 18)))
            plant(self.record(start=datetime.date(2014, 12, 31) - DAY * turn, ended=False, verwijzer="07"))
            plant(self.record(start=start, end=start + 2 * DAY, hulpvorm="13"))
            plant(self.record(start=start, end=start, hulpvorm="04"))
            plant(self.record(start=self.last, ended=False))
            plant(self.record(start=self.first - 30 * DAY, end=self.first))
            plant(self.record(gemeentecode="0034", postcode=self.pick("GM0034", "0034", "GM0363")))
            plant(self.record(geslacht="O"))
            if self.old:
                plant(self.record(perspectief="01", productcategorie="31"))
            child = self.child(start=self.first)
            for begin, end in ((0, 9), (10, 19), (20, None)):
                plant(self.same_child(child, "02", self.first + DAY * begin, None if end is None else self.first + DAY * end))
            plant(self.same_child(child, "03", self.first, None, geslacht="O", geboortedatum=child["geboortedatum"][:4] + "0000"))

    def delivery(self, records, uncovered):
        times = max(2, min(24, records // 1000))
        self.plant_field_faults(times)
        self.plant_several_at_once(times)
        self.plant_birth_faults(times)
        self.plant_date_faults(times)
        self.plant_measurement_faults(times)
        self.plant_file_faults(times)
        self.plant_neighbours(times)
        for _ in range(uncovered):
            self.plant(self.record(gemeentecode=self.pick("GM0995", "0303")), ("gemeentecode", "JH401"))
        while len(self.planted) < records:
            self.plant(self.record())
        self.rng.shuffle(self.planted)
        findings = [(0, None, "JH204"), (0, None, "JH205")]
        for row, (record, here) in enumerate(self.planted, 1):
            findings += [(row, field, rule) for field, rule in here]
            if any(rule == "JH118" for _, rule in here):  # a municipality that is gone is not covered either
                findings.append((row, "gemeentecode", "JH401"))
        return [record for record, _ in self.planted], sorted(findings, key=lambda each: (each[0], each[2]))


def level_of(rule):
    if rule < "JH101" or rule in ("JH101", "JH119"):
        return "field"
    return {"1": "record", "2": "file", "4": "contract"}[rule[2]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=50000)
    parser.add_argument("--period", default="2026H1")
    parser.add_argument("--identity", choices=("bsn", "psn"), default="bsn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--uncovered", type=int, default=0)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--output", required=True)
    parser.add_argument("--expected", required=True)
    arguments = parser.parse_args()
    planter = Planter(arguments)
    records, findings = planter.delivery(arguments.records, arguments.uncovered)
    with open(arguments.output, "w", encoding="ascii", newline="") as out:
        out.write(";".join(arguments.identity if name == "bsn" else name for name in planter.fields) + "\n")
        for record in records:
            out.write(";".join(record[name] for name in planter.fields) + "\n")
    with open(arguments.expected, "w", encoding="ascii") as out:
        json.dump({"records": len(records),
                   "findings": [{"row": row, "field": field, "rule": rule,
                                 "severity": "signaal" if rule in WARNINGS else "fout", "level": level_of(rule)}
                                for row, field, rule in findings]}, out)


if __name__ == "__main__":
    main()
