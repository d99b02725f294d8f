#include "portal/apply_form.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "model/mail_address.h"

namespace sluis::portal {

namespace {

constexpr std::size_t kMostMunicipalities = 60;
constexpr int kDigitsOfANumber = 8;  // a citizen number may have lost its leading zero
const std::set<std::string, std::less<>> kFormats = {"csv", "ascii", "xlsx", "xls", "unknown"};
const std::set<std::string, std::less<>> kUploads = {"automation", "person"};

std::string trimmed(std::string_view text) {
  const auto isSpace = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// Names come into mails and lists: one line each, whatever a form of somebody's own making sends.
std::string onOneLine(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return text;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool holdsANumber(std::string_view text) {
  int digits = 0;
  for (const char c : text) {
    digits = isDigit(c) ? digits + 1 : 0;
    if (digits >= kDigitsOfANumber) return true;
  }
  return false;
}

// 1234 AB, with or without the space.
bool isPostcode(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text.size() == 6 && text[0] != '0' && std::all_of(text.begin(), text.begin() + 4, isDigit) &&
         std::all_of(text.begin() + 4, text.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

bool isPhone(std::string_view text) {
  const auto digits = std::count_if(text.begin(), text.end(), isDigit);
  return digits >= 8 && digits <= 15 && text.find_first_not_of("0123456789+()- ") == std::string_view::npos;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;\n\r"), text.size());
    if (std::string part = trimmed(text.substr(0, end)); !part.empty()) parts.push_back(std::move(part));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// "" when it is none.
std::string municipalityFrom(const std::string& text, const dataset::CodeList& known) {
  const std::string small = lower(text);
  const std::string_view digits = std::string_view(small).substr(small.starts_with("gm") ? 2 : 0);
  if (digits.size() == 4 && std::all_of(digits.begin(), digits.end(), isDigit)) return fmt::format("GM{}", digits);
  for (const auto& code : known.codes())
    if (lower(code.name) == small) return code.code;
  return {};
}

}  // namespace

const std::vector<std::string>& ApplyForm::fields() {
  static const std::vector<std::string> kFields = [] {
    std::vector<std::string> names = {
        "organisation",   "kvk",          "street",        "postcode",       "town",
        "contact_name",   "contact_mail", "contact_phone", "technical_name", "technical_mail",
        "municipalities", "software",     "format",        "upload",         "remarks"};
    for (int i = 1; i <= kPeopleAsked; ++i) {
      names.push_back(fmt::format("person_name_{}", i));
      names.push_back(fmt::format("person_mail_{}", i));
    }
    return names;
  }();
  return kFields;
}

const std::string& ApplyForm::operator[](const std::string& field) const {
  static const std::string kNone;
  const auto found = typed_.find(field);
  return found == typed_.end() ? kNone : found->second;
}

void ApplyForm::mustBe(const std::string& field, bool right, const char* key) {
  if (!right) mistakes_.try_emplace(field, key);
}

void ApplyForm::may(const std::string& field, std::size_t most) {
  mustBe(field, typed_[field].size() <= most, "apply.too-long");
}

void ApplyForm::need(const std::string& field, std::size_t most) {
  mustBe(field, !typed_[field].empty(), "common.required");
  may(field, most);
}

void ApplyForm::readMunicipalities(const dataset::CodeList& known) {
  for (const auto& part : split(typed_["municipalities"])) {
    const std::string code = municipalityFrom(part, known);
    mustBe("municipalities", !code.empty(), "apply.unknown-municipality");
    if (!code.empty() && std::find(municipalities_.begin(), municipalities_.end(), code) == municipalities_.end())
      municipalities_.push_back(code);
  }
  mustBe("municipalities", !municipalities_.empty(), "common.required");
  mustBe("municipalities", municipalities_.size() <= kMostMunicipalities, "apply.too-many-municipalities");
}

void ApplyForm::readPeople() {
  for (int i = 1; i <= kPeopleAsked; ++i) {
    const std::string nameField = fmt::format("person_name_{}", i);
    const std::string mailField = fmt::format("person_mail_{}", i);
    if (typed_[nameField].empty() && typed_[mailField].empty() && i > 1) continue;
    need(nameField, 100);
    need(mailField, 254);
    typed_[mailField] = lower(typed_[mailField]);
    mustBe(mailField, isMailAddress(typed_[mailField]), "apply.no-mail");
    const bool again = std::find(personMails_.begin(), personMails_.end(), typed_[mailField]) != personMails_.end();
    mustBe(mailField, !again, "apply.mail-twice");
    personNames_.push_back(typed_[nameField]);
    personMails_.push_back(typed_[mailField]);
  }
}

ApplyForm ApplyForm::read(const web::Fields& form, const dataset::CodeList& known) {
  ApplyForm read;
  for (const auto& name : fields()) {
    const bool mayHaveLines = name == "remarks" || name == "municipalities";
    read.typed_[name] = mayHaveLines ? trimmed(form[name]) : onOneLine(trimmed(form[name]));
  }
  read.need("organisation", 120);
  read.mustBe("organisation", !holdsANumber(read["organisation"]), "apply.no-numbers");
  auto& kvk = read.typed_["kvk"];
  kvk.erase(std::remove(kvk.begin(), kvk.end(), ' '), kvk.end());
  read.mustBe("kvk", kvk.size() == 8 && std::all_of(kvk.begin(), kvk.end(), isDigit), "apply.no-kvk");
  read.need("street", 120);
  read.need("postcode", 10);
  read.mustBe("postcode", isPostcode(read["postcode"]), "apply.no-postcode");
  read.need("town", 80);
  read.need("contact_name", 100);
  read.need("contact_mail", 254);
  read.mustBe("contact_mail", isMailAddress(read["contact_mail"]), "apply.no-mail");
  read.need("contact_phone", 30);
  read.mustBe("contact_phone", isPhone(read["contact_phone"]), "apply.no-phone");
  read.may("technical_name", 100);
  read.may("technical_mail", 254);
  read.mustBe("technical_mail", read["technical_mail"].empty() || isMailAddress(read["technical_mail"]),
              "apply.no-mail");
  read.readMunicipalities(known);
  read.may("software", 120);
  read.mustBe("format", kFormats.contains(read["format"]), "apply.choose");
  read.mustBe("upload", kUploads.contains(read["upload"]), "apply.choose");
  read.may("remarks", 1000);
  read.mustBe("remarks", !holdsANumber(read["remarks"]), "apply.no-numbers");
  read.mustBe("software", !holdsANumber(read["software"]), "apply.no-numbers");
  read.readPeople();
  return read;
}

}  // namespace sluis::portal
