#include "report/phrases.h"

namespace sluis::report {

namespace {

constexpr Phrases kDutch = {
    .notShown = "niet getoond: te weinig kinderen of te veel van hetzelfde antwoord",
    .shortNotShown = "niet getoond",
    .notAvailable =
        "Niet beschikbaar in dit detail. Zoveel kenmerken tegelijk zouden te veel over een kind kunnen zeggen. Kies "
        "minder filters, of een andere indeling.",
    .yes = "ja",

    .everybody = "Allen",
    .own = "Eigen",
    .ownEverybody = "Eigen: allen",
    .ownOf = "Eigen: {}",
    .municipality = "Gemeente",
    .municipalityAll = "Gemeente: allen",
    .municipalityOf = "Gemeente: {}",
    .who = "Wie",
    .viewMunicipality = "Gemeente {}",
    .viewProviderIn = "{0}, in gemeente {1}",
    .viewOfficer = "Gemeente {} (TTP)",

    .heading = "{0} · per {1} · stand van {2}",
    .madeOf = "Stand van {0} ({1})",
    .filters = "Filters",
    .filter = "Filter",
    .measured = "gemeten",
    .measuredHead = "# gemeten",
    .countMeasured = "{} gemeten",
    .norm = "Norm",
    .norms = "Norm: {}",
    .normsMarked = "Norm (\u25bc): {}",
    .normOfAll = "Norm voor alle rijen: {}",
    .normOfAllMarked = "Norm voor alle rijen (\u25bc): {}.",
    .normAt = "norm {}",
    .boldNumber = "Het vette getal: {}.",
    .meanLegend = "gemiddeld cijfer, op een schaal van 1 tot 10",
    .legend = "Legenda",
    .caption = "{0} per {1}; aandelen in procenten",
    .appliesTo = "{0}. Dit geldt voor: {1}.",
    .perQuarter = "{} per kwartaal",
    .spreadPerQuarter = "Verdeling per kwartaal",
    .inTable = "{}; de getallen staan in de tabel",
    .chart = "Grafiek",
    .table = "Tabel",
    .inBrief = "In het kort",
    .beware = "Let op",
    .bewareBreak = "Let op: {0}. Cijfers van voor en na het {1} gaan niet over hetzelfde gebied.",
    .svgFoot = "Met ruis, zodat niemand te herkennen is. Momentopname {}.",

    .whyTitle = "Waarom deze cijfers zo zijn",
    .whatIsThis = "Wat is dit?",
    .whatIsMeasured = "Wat is ‘# gemeten’?",
    .whatIsExcluded = "Wat telt niet mee?",
    .noFilters = "Geen: alles telt mee.",
    .whyNoise = "Waarom is er ruis?",
    .whatIsMargin = "Wat zegt het getal achter ±?",
    .marginText =
        "Zoveel verandert de ruis het cijfer meestal hoogstens. Een verschil dat kleiner is, zegt niets. Ook zonder "
        "ruis speelt toeval een rol, vooral bij weinig gemeten.",
    .whyNotShown = "Waarom is een rij niet getoond?",
    .madeTitle = "Stand van de cijfers",
    .rules = "Regels",
    .noiseText =
        "Bij elk aantal is expres een klein beetje ruis opgeteld: hoogstens {0} erbij of eraf. Daardoor is niemand te "
        "herkennen, ook niet door overzichten met elkaar te vergelijken. Dezelfde vraag geeft altijd hetzelfde "
        "antwoord. Percentages en gemiddelden zijn berekend met de aantallen met ruis. Een periode is opgeteld uit "
        "vaste jaren, halfjaren en kwartalen, elk met eigen ruis. Bij 20 gemeten kan een percentage zo'n {1} "
        "procentpunten afwijken, bij 200 gemeten zo'n {2}.",
    .thresholdText =
        "Een rij wordt niet getoond bij minder dan {0} kinderen of minder dan {0} gemeten, als (bijna) iedereen "
        "hetzelfde antwoord gaf, als één kind te zwaar meetelt, of als de rij samen met andere overzichten te veel zou "
        "zeggen over een kind. Er staat niet bij welke reden het is. Er zijn hoogstens {1} kenmerken tegelijk "
        "mogelijk.",

    .shortWhat = "Wat is dit",
    .shortMeasured = "Gemeten",
    .shortExcluded = "Niet meegeteld",
    .shortNoise = "Ruis",
    .shortThreshold = "Niet getoond",
    .snapshot = "Momentopname",
    .asOf = "Stand van",

    .mark = "cijfer",
    .goalHeads = {"behaald", "deels", "gelijk", "ongunst."},
    .unknownHead = "onb.",

    .figuresSheet = "Cijfers",
    .cardSheet = "Toelichting",
    .shown = "Getoond",
    .code = "Code",
    .mean = "Gemiddeld",
    .countOf = "Aantal {}",
    .shareOf = "Aandeel {}",
    .csvHead = "indicator;voor;filters;momentopname;indeling;code;naam;wie;getoond;gemeten;gemiddeld",
    .csvCountOf = "aantal {}",

    .byYouth = "volgens jeugdigen",
    .byParents = "volgens ouders en opvoeders",
    .and_ = " en ",
    .andMore = " en nog {}",
    .notClearlyElse = ", niet duidelijk anders bij {}",
    .noDifference = "{0}: geen duidelijk verschil tussen de rijen ({1} tot {2}).",
    .extremes = "{0}: het hoogst bij {1} ({2}){3}; het laagst bij {4} ({5}){6}.",
    .same = "niet duidelijk anders dan een jaar eerder",
    .higher = "hoger dan een jaar eerder",
    .lower = "lager dan een jaar eerder",
    .change = "{0}: {1}. Het was {2} in het jaar tot en met het {3}, en {4} in het jaar ervoor{5}.",
    .onlyQuarters = " (alleen de kwartalen die in beide jaren getoond zijn)",
    .onlySome = " (alleen de {} kwartalen die in beide jaren getoond zijn)",

    .unknown = "Onbekend",
    .unknownOrRunning = "Onbekend of loopt nog",
    .quarter = "{0}e kwartaal {1}",
    .merged = "{0} ging op in {1}",
    .divided = "{0} werd verdeeld over {1}",
};

constexpr Phrases kEnglish = {
    .notShown = "not shown: too few children or too much of the same answer",
    .shortNotShown = "not shown",
    .notAvailable =
        "Not available in this detail. So many characteristics together could tell too much about a child. Choose "
        "fewer filters, or other rows.",
    .yes = "yes",

    .everybody = "All",
    .own = "Own",
    .ownEverybody = "Own: all",
    .ownOf = "Own: {}",
    .municipality = "Municipality",
    .municipalityAll = "Municipality: all",
    .municipalityOf = "Municipality: {}",
    .who = "Who",
    .viewMunicipality = "Municipality of {}",
    .viewProviderIn = "{0}, in the municipality of {1}",
    .viewOfficer = "Municipality of {} (TTP)",

    .heading = "{0} · by {1} · as of {2}",
    .madeOf = "As of {0} ({1})",
    .filters = "Filters",
    .filter = "Filter",
    .measured = "measured",
    .measuredHead = "# measured",
    .countMeasured = "{} measured",
    .norm = "Norm",
    .norms = "Norm: {}",
    .normsMarked = "Norm (\u25bc): {}",
    .normOfAll = "Norm for all rows: {}",
    .normOfAllMarked = "Norm for all rows (\u25bc): {}.",
    .normAt = "norm {}",
    .boldNumber = "The number in bold: {}.",
    .meanLegend = "mean mark, on a scale from 1 to 10",
    .legend = "Legend",
    .caption = "{0} by {1}; shares in per cent",
    .appliesTo = "{0}. This applies to: {1}.",
    .perQuarter = "{} by quarter",
    .spreadPerQuarter = "Answers by quarter",
    .inTable = "{}; the numbers are in the table",
    .chart = "Chart",
    .table = "Table",
    .inBrief = "In brief",
    .beware = "Note",
    .bewareBreak = "Note: {0}. Figures from before and after the {1} are not about the same area.",
    .svgFoot = "With noise, so that nobody can be recognised. Snapshot {}.",

    .whyTitle = "Why these figures are what they are",
    .whatIsThis = "What is this?",
    .whatIsMeasured = "What is ‘# measured’?",
    .whatIsExcluded = "What is not counted?",
    .noFilters = "None: everything counts.",
    .whyNoise = "Why is there noise?",
    .whatIsMargin = "What does the number after ± say?",
    .marginText =
        "The noise usually changes the figure by no more than this. A difference that is smaller means nothing. "
        "Without noise chance plays a part too, above all where few were measured.",
    .whyNotShown = "Why is a row not shown?",
    .madeTitle = "Date of the figures",
    .rules = "Rules",
    .noiseText =
        "A little noise was added to every count on purpose: at most {0} more or less. So nobody can be recognised, "
        "not by comparing views with each other either. The same question always has the same answer. Percentages and "
        "means are calculated from the counts with noise. A period is the sum of fixed years, half-years and quarters, "
        "each with noise of its own. With 20 measured a percentage can be off by some {1} points, with 200 by some "
        "{2}.",
    .thresholdText =
        "A row is not shown with fewer than {0} children or fewer than {0} measured, when (almost) everybody gave the "
        "same answer, when one child weighs too much, or when the row together with other views would tell too much "
        "about a child. Which reason it is, is not said. At most {1} characteristics can be combined.",

    .shortWhat = "What is this",
    .shortMeasured = "Measured",
    .shortExcluded = "Not counted",
    .shortNoise = "Noise",
    .shortThreshold = "Not shown",
    .snapshot = "Snapshot",
    .asOf = "As of",

    .mark = "  mark",
    .goalHeads = {"reached", "partly", "same", "worse"},
    .unknownHead = "unkn.",

    .figuresSheet = "Figures",
    .cardSheet = "Explanation",
    .shown = "Shown",
    .code = "Code",
    .mean = "Mean",
    .countOf = "Number {}",
    .shareOf = "Share {}",
    .csvHead = "indicator;for;filters;snapshot;grouping;code;name;who;shown;measured;mean",
    .csvCountOf = "number {}",

    .byYouth = "according to youths",
    .byParents = "according to parents and carers",
    .and_ = " and ",
    .andMore = " and {} more",
    .notClearlyElse = ", not clearly different for {}",
    .noDifference = "{0}: no clear difference between the rows ({1} to {2}).",
    .extremes = "{0}: highest for {1} ({2}){3}; lowest for {4} ({5}){6}.",
    .same = "not clearly different from a year earlier",
    .higher = "higher than a year earlier",
    .lower = "lower than a year earlier",
    .change = "{0}: {1}. It was {2} in the year up to and including the {3}, and {4} in the year before{5}.",
    .onlyQuarters = " (only the quarters that are shown in both years)",
    .onlySome = " (only the {} quarters that are shown in both years)",

    .unknown = "Unknown",
    .unknownOrRunning = "Unknown or still running",
    .quarter = "{0}{2} quarter of {1}",
    .merged = "{0} became part of {1}",
    .divided = "{0} was divided among {1}",
};

}  // namespace

const Phrases& phrases(Language language) {
  return language == Language::english ? kEnglish : kDutch;
}

}  // namespace sluis::report
