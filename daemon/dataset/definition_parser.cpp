#include "dataset/definition_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

namespace sluis::dataset {

namespace {

constexpr std::uint32_t kLongestLine = 32 << 10;
constexpr std::size_t kLongestAlias = 64;
constexpr std::array<Minimised, 4> kMinimised = {{{Field::bsn, "pseudonym"},
                                                  {Field::psn, "pseudonym"},
                                                  {Field::geboortedatum, "year_month"},
                                                  {Field::postcode, "four_digits"}}};

bool isDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The records' compact form has a place for numbers only: two digits, or GM and four.
bool fitsForm(Form form, std::string_view code) {
  if (form == Form::code) return code.size() == 2 && isDigits(code) && code != "00";
  return code.size() == 6 && code.starts_with("GM") && isDigits(code.substr(2)) && code != "GM0000";
}

// From valid_from and valid_until, or, for a code that ended and came back, from `valid: [{from, until}, …]`.
std::vector<Validity> parseValidity(YamlFile& file, const YAML::Node& node) {
  const auto span = [&](const YAML::Node& at, const char* from, const char* until) {
    Validity validity;
    if (const auto day = file.optionalDay(at, from)) validity.from = *day;
    if (const auto day = file.optionalDay(at, until)) validity.until = *day;
    if (validity.until <= validity.from) file.wrong(at, fmt::format("{} does not lie after {}", until, from));
    return validity;
  };
  const YAML::Node& list = node["valid"];
  if (!list) return {span(node, "valid_from", "valid_until")};
  std::vector<Validity> spans;
  if (node["valid_from"] || node["valid_until"])
    file.wrong(node, "\"valid\" takes the place of valid_from and valid_until");
  if (!list.IsSequence() || list.size() == 0) {
    file.wrong(list, "\"valid\" is no list of intervals");
    return {Validity{}};
  }
  for (const YAML::Node& item : list) {
    if (!file.mapping(item, {"from", "until"})) continue;
    spans.push_back(span(item, "from", "until"));
    if (spans.size() > 1 && spans.back().from < spans[spans.size() - 2].until)
      file.wrong(item, "this interval does not lie after the one before it");
  }
  if (spans.empty()) spans.emplace_back();
  return spans;
}

}  // namespace

std::shared_ptr<const CodeList> parseCodeList(YamlFile& file) {
  const YAML::Node& root = file.root();
  if (!file.mapping(root, {"codelist", "codes"})) return nullptr;
  std::string name = file.text(root, "codelist");
  if (!root["codes"] || !root["codes"].IsSequence()) {
    file.wrong(root["codes"] ? root["codes"] : root, "\"codes\" is missing or no list");
    return nullptr;
  }
  std::vector<Code> codes;
  std::set<std::string> seen;
  for (const YAML::Node& node : root["codes"]) {
    if (!file.mapping(node, {"code", "name", "valid_from", "valid_until", "valid", "into", "en"})) continue;
    Code code{.code = file.text(node, "code"),
              .name = file.text(node, "name"),
              .validity = parseValidity(file, node),
              .into = file.optionalTexts(node, "into"),
              .english = file.optionalText(node, "en")};
    if (!seen.insert(code.code).second) file.wrong(node, fmt::format("code {} stands here twice", code.code));
    if (!code.into.empty() && code.validity.back().until == Day::max())
      file.wrong(node, fmt::format("code {} has a successor but no end", code.code));
    codes.push_back(std::move(code));
  }
  for (std::size_t i = 0; i < codes.size(); ++i)
    for (const std::string& successor : codes[i].into)
      if (successor == codes[i].code || seen.count(successor) == 0)
        file.wrong(root["codes"][i], fmt::format("code {} cannot have gone into {}: {}", codes[i].code, successor,
                                                 successor == codes[i].code ? "that is itself" : "no such code here"));
  if (name.empty()) return nullptr;
  return std::make_shared<const CodeList>(std::move(name), std::move(codes));
}

Definition DefinitionParser::parse() {
  const YAML::Node& root = file_.root();
  if (!file_.mapping(root, {"dataset", "version", "title", "valid_from", "valid_until", "placeholders", "one_of",
                            "fields", "layouts", "minimisation", "rules"}))
    return std::move(definition_);
  definition_.dataset_ = file_.text(root, "dataset");
  definition_.version_ = file_.text(root, "version");
  definition_.title_ = file_.text(root, "title");
  if (const auto from = file_.optionalDay(root, "valid_from")) definition_.validity_.from = *from;
  if (const auto until = file_.optionalDay(root, "valid_until")) definition_.validity_.until = *until;
  if (definition_.validity_.until <= definition_.validity_.from)
    file_.wrong(root, "valid_until does not lie after valid_from");
  parsePlaceholders(root["placeholders"]);
  if (root["fields"] && root["fields"].IsSequence())
    for (const YAML::Node& node : root["fields"]) parseField(node);
  else
    file_.wrong(root["fields"] ? root["fields"] : root, "\"fields\" is missing or no list");
  parseOneOf(root);
  parseLayouts(root["layouts"]);
  parseMinimisation(root["minimisation"]);
  parseRules(root["rules"]);
  return std::move(definition_);
}

void DefinitionParser::parsePlaceholders(const YAML::Node& node) {
  if (!node) return file_.wrong(file_.root(), "\"placeholders\" is missing");
  if (!file_.mapping(node, {"bsn_unknown", "bsn_unborn", "birth_unborn"})) return;
  const auto bsn = [&](const char* key) {
    const std::string written = file_.text(node, key);
    if (written.size() == 9 && isDigits(written)) return static_cast<std::uint32_t>(std::stoul(written));
    if (!written.empty()) file_.wrong(node[key], fmt::format("\"{}\" is not nine digits", key));
    return std::uint32_t{0};
  };
  definition_.placeholders_ = {bsn("bsn_unknown"), bsn("bsn_unborn"), file_.optionalTexts(node, "birth_unborn")};
}

void DefinitionParser::parseField(const YAML::Node& node) {
  if (!file_.mapping(node, {"name", "aliases", "required", "form", "codes", "letters", "min", "max"})) return;
  const std::string name = file_.text(node, "name");
  const auto known = findField(name);
  if (!known) {
    if (!name.empty()) file_.wrong(node, fmt::format("a record has no place for a field \"{}\"", name));
    return;
  }
  FieldDefinition field{.field = *known,
                        .name = name,
                        .aliases = file_.optionalTexts(node, "aliases"),
                        .required = file_.optionalFlag(node, "required"),
                        .form = kindOf(*known).form,
                        .codes = nullptr,
                        .letters = {},
                        .min = 0,
                        .max = 0};
  const std::string form = file_.text(node, "form");
  if (!form.empty() && form != toString(field.form))
    file_.wrong(node["form"], fmt::format("the form of {} is {}", name, toString(field.form)));
  parseFormDetails(node, field);
  for (std::string& alias : field.aliases) {
    std::transform(alias.begin(), alias.end(), alias.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    if (alias.size() > kLongestAlias || alias.front() == ' ' || alias.back() == ' ' ||
        std::any_of(alias.begin(), alias.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
      file_.wrong(node["aliases"], fmt::format("an alias of {} is longer than {} bytes, has spaces around it or holds "
                                               "characters a header cannot have",
                                               name, kLongestAlias));
  }
  std::vector<std::string> names = field.aliases;
  names.push_back(field.name);
  std::set<std::string> own;
  for (const std::string& column : names)
    if (definition_.findColumn(column) != nullptr || !own.insert(column).second)
      file_.wrong(node, fmt::format("there is already a column \"{}\"", column));
  definition_.fields_.push_back(std::move(field));
}

void DefinitionParser::parseFormDetails(const YAML::Node& node, FieldDefinition& field) {
  const bool wantsCodes = field.form == Form::code || field.form == Form::municipality || field.form == Form::postcode;
  if (wantsCodes) {
    const std::string name = file_.text(node, "codes");
    const auto list = lists_.find(name);
    if (list != lists_.end()) {
      field.codes = list->second;
      for (const Code& code : field.codes->codes())
        if (!fitsForm(field.form, code.code))
          file_.wrong(node["codes"], fmt::format("code {} of list {} does not fit the form {}", code.code, name,
                                                 toString(field.form)));
    } else if (!name.empty()) {
      file_.wrong(node["codes"], fmt::format("there is no code list \"{}\"", name));
    }
  } else if (node["codes"]) {
    file_.wrong(node["codes"], fmt::format("form {} has no codes", toString(field.form)));
  }
  if (field.form == Form::letter) {
    field.letters = file_.text(node, "letters");
    if (!std::all_of(field.letters.begin(), field.letters.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
      file_.wrong(node["letters"], "\"letters\" holds something else than capital letters");
  } else if (node["letters"]) {
    file_.wrong(node["letters"], fmt::format("form {} has no letters", toString(field.form)));
  }
  if (field.form == Form::number) {
    field.min = static_cast<unsigned>(file_.number(node, "min", 1, 255));
    field.max = static_cast<unsigned>(file_.number(node, "max", static_cast<int>(field.min), 255));
  } else if (node["min"] || node["max"]) {
    file_.wrong(node, fmt::format("form {} has no range", toString(field.form)));
  }
}

void DefinitionParser::parseOneOf(const YAML::Node& root) {
  for (const std::string& name : file_.optionalTexts(root, "one_of")) {
    const auto field = findField(name);
    if (field && definition_.find(*field) != nullptr)
      definition_.oneOf_.push_back(*field);
    else
      file_.wrong(root["one_of"], fmt::format("\"{}\" is no field of this version", name));
  }
}

// What becomes of a field is the business of the program (pseudonymise/): a file cannot ask for something else, and may
// not keep silent about it.
void DefinitionParser::parseMinimisation(const YAML::Node& node) {
  if (!node) {
    if (std::any_of(kMinimised.begin(), kMinimised.end(),
                    [&](const Minimised& known) { return definition_.find(known.field) != nullptr; }))
      file_.wrong(file_.root(), "\"minimisation\" is missing");
    return;
  }
  if (!file_.mapping(node, {"bsn", "psn", "geboortedatum", "postcode"})) return;
  for (const Minimised& known : kMinimised) {
    const std::string name(kindOf(known.field).name);
    const bool there = definition_.find(known.field) != nullptr;
    const std::string said = file_.optionalText(node, name.c_str());
    if (there && !node[name])
      file_.wrong(node, fmt::format("{} is kept as \"{}\" only: say so here", name, known.as));
    else if (!there && node[name])
      file_.wrong(node[name], fmt::format("\"{}\" is no field of this version", name));
    else if (there && said != known.as)
      file_.wrong(node[name], fmt::format("{} can be kept as \"{}\" only", name, known.as));
    if (there) definition_.minimised_.push_back(known);
  }
}

void DefinitionParser::parseLayouts(const YAML::Node& node) {
  if (node && file_.mapping(node, {"ascii"}) && node["ascii"]) {
    const YAML::Node& ascii = node["ascii"];
    if (!ascii.IsSequence()) return file_.wrong(ascii, "\"ascii\" is no list");
    for (const YAML::Node& item : ascii) parseLayoutField(item);
    checkAscii(ascii);
  }
  for (const char* format : {"ascii", "xlsx"})
    if (const std::size_t size = definition_.layoutFor(format).size(); size > kLongestLayout)
      file_.wrong(node ? node : file_.root(),
                  fmt::format("the layout for {} takes {} bytes, {} may be: use fewer or shorter aliases", format, size,
                              kLongestLayout));
}

void DefinitionParser::parseLayoutField(const YAML::Node& node) {
  if (!file_.mapping(node, {"name", "offset", "length"})) return;
  const std::string name = file_.text(node, "name");
  const LayoutField at{
      .field = findField(name).value_or(Field::bsn),
      .offset = static_cast<std::uint32_t>(file_.number(node, "offset", 0, static_cast<int>(kLongestLine))),
      .length = static_cast<std::uint32_t>(file_.number(node, "length", 1, static_cast<int>(kLongestLine)))};
  const FieldDefinition* field = findField(name) ? definition_.find(at.field) : nullptr;
  if (field == nullptr) {
    if (!name.empty()) file_.wrong(node, fmt::format("\"{}\" is no field of this version", name));
    return;
  }
  if (at.length < leastLength(*field))
    file_.wrong(node, fmt::format("{} needs at least {} characters", name, leastLength(*field)));
  if (at.offset + at.length > kLongestLine)
    file_.wrong(node, fmt::format("{} ends beyond character {}", name, kLongestLine));
  for (const LayoutField& other : definition_.ascii_) {
    if (other.field == at.field) file_.wrong(node, fmt::format("{} stands in the layout twice", name));
    if (at.offset < other.offset + other.length && other.offset < at.offset + at.length)
      file_.wrong(node, fmt::format("{} lies over {}", name, kindOf(other.field).name));
  }
  definition_.ascii_.push_back(at);
}

void DefinitionParser::checkAscii(const YAML::Node& node) {
  std::vector<LayoutField>& ascii = definition_.ascii_;
  std::sort(ascii.begin(), ascii.end(), [](const LayoutField& a, const LayoutField& b) { return a.offset < b.offset; });
  const auto placed = [&](Field field) {
    return std::any_of(ascii.begin(), ascii.end(), [&](const LayoutField& at) { return at.field == field; });
  };
  const std::vector<Field>& choice = definition_.oneOf_;
  for (const FieldDefinition& field : definition_.fields_)
    if (field.required && !placed(field.field) && std::find(choice.begin(), choice.end(), field.field) == choice.end())
      file_.wrong(node, fmt::format("the layout has no place for {}, which is required", field.name));
  // There is no header in such a file to say which of them it is.
  if (!choice.empty() && std::count_if(choice.begin(), choice.end(), placed) != 1)
    file_.wrong(node, "the layout must have a place for exactly one field of \"one_of\"");
}

unsigned DefinitionParser::leastLength(const FieldDefinition& field) const {
  switch (field.form) {
    case Form::psn:
      return 32;
    case Form::postcode:
      return 6;
    case Form::letter:
      return 1;
    case Form::number:
      return field.max > 99 ? 3 : field.max > 9 ? 2 : 1;
    case Form::birthDate: {
      std::size_t longest = digitsOf(field.form);
      for (const std::string& placeholder : definition_.placeholders_.birthUnborn)
        longest = std::max(longest, placeholder.size());
      return static_cast<unsigned>(longest);
    }
    default:
      return digitsOf(field.form);
  }
}

void DefinitionParser::parseRules(const YAML::Node& node) {
  if (!node || !node.IsMap()) return file_.wrong(node ? node : file_.root(), "\"rules\" is missing or no mapping");
  for (const auto& entry : node) {
    const std::string code = entry.first.Scalar();
    Thresholds thresholds;
    if (entry.second.IsMap()) {
      for (const auto& threshold : entry.second) {
        const std::string name = threshold.first.Scalar();
        if (thresholds.count(name) != 0) file_.wrong(threshold.first, fmt::format("\"{}\" stands here twice", name));
        thresholds[name] = file_.number(entry.second, name.c_str(), 0, 1'000'000);
      }
    } else if (!entry.second.IsNull()) {
      file_.wrong(entry.second, "expected thresholds ({name: number}) or {}");
    }
    definition_.ruleLines_.emplace(code, file_.placeOf(entry.first));
    if (!definition_.rules_.emplace(code, std::move(thresholds)).second)
      file_.wrong(entry.first, fmt::format("rule {} stands here twice", code));
  }
}

}  // namespace sluis::dataset
