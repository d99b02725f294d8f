#include "model/refusal.h"

#include <array>

namespace sluis {

namespace {

using enum RefusalCode;
using enum DeliveryState;

constexpr std::array kKinds = {
    RefusalKind{
        NAM, "NAM", rejected, "De bestandsnaam wordt niet herkend.",
        "Noem het bestand <dataset>_<periode>[_<vrij>].<csv|asc|txt|xlsx|xls>, bijvoorbeeld jeugdhulp_2026H1.csv, "
        "en lever het opnieuw aan met een nieuwe handtekening.",
        "The file name is not understood.",
        "Name the file <dataset>_<period>[_<free>].<csv|asc|txt|xlsx|xls>, for example jeugdhulp_2026H1.csv, and "
        "deliver it again with a new signature."},
    RefusalKind{SIG01, "SIG01", rejected, "Er is niet op tijd een handtekening bij het bestand gekomen.",
                "Lever het bestand opnieuw aan, samen met zijn handtekening (<bestand>.sig of <bestand>.p7s).",
                "No signature came within the time allowed.",
                "Deliver the file again, together with its signature (<file>.sig or <file>.p7s)."},
    RefusalKind{
        SIG02, "SIG02", quarantined, "De handtekening past niet bij het bestand.",
        "Onderteken het bestand opnieuw met de namespace sluis:<aanbiedercode>:<dataset>_<periode> en lever beide "
        "opnieuw aan.",
        "The signature does not fit the file.",
        "Sign the file again with the namespace sluis:<provider code>:<dataset>_<period> and deliver both again."},
    RefusalKind{SIG03, "SIG03", quarantined, "De ondertekenaar is niet bij ons geregistreerd voor uw organisatie.",
                "Onderteken met de geregistreerde sleutel, of laat de nieuwe sleutel door de helpdesk registreren.",
                "The signer is not registered for this provider.",
                "Sign with the registered key, or have the helpdesk register the new one."},
    RefusalKind{
        SIG04, "SIG04", quarantined,
        "De sleutel of het certificaat van de ondertekenaar is verlopen, ingetrokken, te zwak of niet vertrouwd.",
        "Gebruik een geldige sleutel; neem voor registratie contact op met de helpdesk.",
        "The signer's key or certificate is expired, revoked, too weak or not trusted.",
        "Use a valid key; to register one, get in touch with the helpdesk."},
    RefusalKind{AGR01, "AGR01", quarantined, "Er is voor deze dataset geen verwerkersovereenkomst van kracht.",
                "Het bestand is niet geopend. Neem contact op met de helpdesk over de overeenkomst.",
                "No processing agreement is in force for this dataset.",
                "The file was not opened. Get in touch with the helpdesk about the agreement."},
    RefusalKind{PER01, "PER01", rejected, "De verslagperiode is niet open voor aanlevering.",
                "Lever een periode aan die open is; STATUS.txt noemt welke dat zijn.",
                "The reporting period is not open.", "Deliver a period that is open; STATUS.txt says which ones are."},
    RefusalKind{SIZ01, "SIZ01", rejected, "Het bestand is te groot.", "Neem contact op met de helpdesk over de grens.",
                "The file is too large.", "Get in touch with the helpdesk about the limit."},
    RefusalKind{DUP01, "DUP01", superseded, "Precies dit bestand is al eerder geaccepteerd.",
                "U hoeft niets te doen; het eerdere verwerkingsbewijs is opnieuw gestuurd.",
                "The same file was accepted before; its receipt is sent again.", "You need not do anything."},
    RefusalKind{DUP02, "DUP02", quarantined,
                "Precies dit bestand is eerder aangeleverd voor een andere periode of door een andere aanbieder.",
                "Controleer of het juiste bestand is gekozen en lever het goede bestand aan.",
                "The same bytes were delivered before for another period or by another provider.",
                "Check that the right file was chosen, and deliver the right one."},
    RefusalKind{FMT01, "FMT01", rejected, "Het bestand kan niet worden gelezen.",
                "Exporteer het bestand opnieuw in een van de ondersteunde formaten.", "The file cannot be read.",
                "Export the file again in one of the supported formats."},
    RefusalKind{FMT02, "FMT02", rejected, "De kolommen passen niet bij de dataset.",
                "Vergelijk de kolomnamen met de beschrijving van de dataset en exporteer opnieuw.",
                "The columns do not fit the dataset.",
                "Compare the names of the columns with the description of the dataset and export again."},
    RefusalKind{VAL01, "VAL01", rejected, "Het bestand bevat records met fouten; er is niets geladen.",
                "Herstel de genoemde records in uw systeem en lever de hele periode opnieuw aan.",
                "Records have errors; nothing was loaded.",
                "Mend the records named in your own system and deliver the whole period again."},
    RefusalKind{
        DEL01, "DEL01", held, "Deze aanlevering is leeg of zou meer eerdere records verwijderen dan toegestaan.",
        "Controleer of het bestand volledig is. Klopt het, bevestig dat dan bij de helpdesk; klopt het niet, lever "
        "dan de hele periode opnieuw aan.",
        "The delivery is empty or would delete more earlier records than allowed.",
        "Check that the file is complete. If it is right, confirm that to the helpdesk; if it is not, deliver the "
        "whole period again."},
};

}  // namespace

std::string_view toString(DeliveryState state) {
  switch (state) {
    case receiving:
      return "receiving";
    case waiting:
      return "waiting";
    case queued:
      return "queued";
    case accepted:
      return "accepted";
    case rejected:
      return "rejected";
    case held:
      return "held";
    case superseded:
      return "superseded";
    case quarantined:
      return "quarantined";
  }
  return "unknown";
}

std::span<const RefusalKind> refusalKinds() {
  return kKinds;
}

const RefusalKind& kindOf(RefusalCode code) {
  return kKinds[static_cast<std::size_t>(code)];
}

const RefusalKind* findRefusalKind(std::string_view text) {
  for (const RefusalKind& kind : kKinds)
    if (kind.text == text) return &kind;
  return nullptr;
}

}  // namespace sluis
