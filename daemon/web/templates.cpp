#include "web/templates.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include <ctemplate/per_expand_data.h>
#include <ctemplate/template.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "web/template_source.h"

namespace sluis::web {
namespace {

constexpr std::array kLanguages = {Language::dutch, Language::english};

// ctemplate makes a space of a line end as it escapes. A letter for private use goes through and is made a line end
// after.
constexpr std::string_view kLineEnd = "\xEE\x80\x8A";  // U+E00A

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t found = 0; (found = text.find(what, at)) != std::string_view::npos; at = found + what.size())
    result.append(text.substr(at, found - at)).append(by);
  return result.append(text.substr(at));
}

std::string keyOf(std::string_view name, Language language) {
  return fmt::format("{}/{}", toString(language), name);
}

Sources readSources(const std::filesystem::path& folder) {
  Sources sources;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed))
    if (entry.path().extension() == ".html") sources[entry.path().stem().string()] = readFile(entry.path(), 1 << 20);
  if (failed || sources.empty()) throw Error(ErrorKind::config, "there are no templates in " + folder.string());
  return sources;
}

/// "{0}", "{1}" … that stand in `text`.
std::set<char> placesIn(std::string_view text) {
  std::set<char> places;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1))
    if (at + 2 < text.size() && text[at + 2] == '}') places.insert(text[at + 1]);
  return places;
}

void compare(const Words& words, const Words& other, Language otherLanguage, std::vector<std::string>& mistakes) {
  for (const auto& [key, text] : words.all()) {
    const auto found = other.all().find(key);
    if (found == other.all().end())
      mistakes.push_back(fmt::format("words/{}: there is no \"{}\"", toString(otherLanguage), key));
    else if (placesIn(text) != placesIn(found->second))
      mistakes.push_back(fmt::format("words/{}: \"{}\" has other places to fill in", toString(otherLanguage), key));
  }
}

}  // namespace

std::string_view toString(Language language) {
  return language == Language::dutch ? "nl" : "en";
}

struct Values::Owned {
  ctemplate::TemplateDictionary dictionary{"page"};
};

Values::Values() : owned_(std::make_unique<Owned>()), dictionary_(&owned_->dictionary) {}
Values::Values(ctemplate::TemplateDictionary* inner) : dictionary_(inner) {}
Values::~Values() = default;
Values::Values(Values&&) noexcept = default;
Values& Values::operator=(Values&&) noexcept = default;

Values& Values::set(std::string_view name, std::string_view text) {
  if (isMarkupName(name)) throw std::logic_error(fmt::format("{} takes markup, not text", name));
  const std::string kept = replaced(text, "\n", kLineEnd);
  dictionary_->SetValue({name.data(), name.size()}, {kept.data(), kept.size()});
  return *this;
}

Values& Values::set(std::string_view name, std::int64_t number) {
  return set(name, std::to_string(number));
}

Values& Values::set(std::string_view name, const SafeHtml& html) {
  if (!isMarkupName(name)) throw std::logic_error(fmt::format("{} takes text: the name of markup ends in _HTML", name));
  dictionary_->SetValue({name.data(), name.size()}, {html.html.data(), html.html.size()});
  return *this;
}

Values& Values::show(std::string_view section, bool shown) {
  if (shown) dictionary_->ShowSection({section.data(), section.size()});
  return *this;
}

Values& Values::add(std::string_view section) {
  inner_.push_back(
      std::unique_ptr<Values>(new Values(dictionary_->AddSectionDictionary({section.data(), section.size()}))));
  return *inner_.back();
}

struct Templates::Parts {
  Words dutch;
  Words english;
  ctemplate::TemplateCache cache;
  std::set<std::string, std::less<>> names;

  const Words& words(Language language) const { return language == Language::dutch ? dutch : english; }
};

Templates::Templates() : parts_(std::make_unique<Parts>()) {}
Templates::Templates(Templates&&) noexcept = default;
Templates::~Templates() = default;

Templates Templates::load(const std::filesystem::path& folder) {
  Templates templates;
  Parts& parts = *templates.parts_;
  parts.dutch = Words::load(folder / "words/nl");
  parts.english = Words::load(folder / "words/en");
  std::vector<std::string> mistakes;
  compare(parts.dutch, parts.english, Language::english, mistakes);
  compare(parts.english, parts.dutch, Language::dutch, mistakes);
  const Sources sources = readSources(folder / "templates");
  for (const auto& [name, source] : sources) {
    std::vector<std::string> here = mistakesIn(source);
    const std::string whole = withParts(name, sources, here);
    for (const Language language : kLanguages) {
      const std::string text = "{{%AUTOESCAPE context=\"HTML\"}}\n" + withWords(whole, parts.words(language), here);
      if (!here.empty()) continue;
      const std::string key = keyOf(name, language);
      const bool isTaken = parts.cache.StringToTemplateCache(key, text, ctemplate::STRIP_BLANK_LINES);
      // It keeps what does not parse too, and shows nothing of it.
      ctemplate::TemplateDictionary nothing("check");
      ctemplate::PerExpandData data;
      std::string shown;
      if (!isTaken || !parts.cache.ExpandWithData(key, ctemplate::STRIP_BLANK_LINES, &nothing, &data, &shown))
        here.emplace_back("does not parse; the reason is in the lines before");
    }
    std::sort(here.begin(), here.end());
    here.erase(std::unique(here.begin(), here.end()), here.end());
    for (const std::string& mistake : here) mistakes.push_back(fmt::format("templates/{}.html: {}", name, mistake));
    parts.names.insert(name);
  }
  if (!mistakes.empty())
    throw Error(ErrorKind::config, fmt::format("{}: {}", folder.string(), fmt::join(mistakes, "; ")));
  parts.cache.Freeze();
  return templates;
}

std::string Templates::render(std::string_view name, Language language, const Values& values) const {
  if (parts_->names.find(name) == parts_->names.end())
    throw std::logic_error(fmt::format("there is no template {}", name));
  ctemplate::PerExpandData data;
  std::string shown;
  if (!parts_->cache.ExpandNoLoad(keyOf(name, language), ctemplate::STRIP_BLANK_LINES, values.dictionary_, &data,
                                  &shown))
    throw std::logic_error(fmt::format("the template {} cannot be shown", name));
  return replaced(shown, kLineEnd, "\n");
}

const Words& Templates::words(Language language) const {
  return parts_->words(language);
}

}  // namespace sluis::web
