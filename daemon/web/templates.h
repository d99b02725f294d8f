// Pages from templates (ctemplate, escaping by context) and words. The only room that knows ctemplate.
//
// A template is config/portal/templates/NAME.html: ctemplate's language ({{NAME}}, {{#SECTION}}…{{/SECTION}}), with
// [[key]] where the words of the page's language stand (words/nl/*.txt, words/en/*.txt: "key = text" a line, a line
// that begins with a space goes on with the one before, {0} {1} for what is filled in by code, # a comment), and
// {{>PART}} where templates/part.html is put in as it stands. Every value is escaped for where it stands: a value that
// may hold markup is a SafeHtml, is named …_HTML, is shown by {{…_HTML:none}}, and made by rooms that escape
// themselves; no other modifier exists. load() fails with every key that is missing in a language, every placeholder
// that differs between them, every template that does not parse, every :none of another name, and every inline style or
// script (the content security policy would not run them).
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ctemplate {
class TemplateDictionary;
}

namespace sluis::web {

enum class Language : unsigned char { dutch, english };
std::string_view toString(Language language);  ///< "nl", "en"

/// Markup that its maker vouches for: figures' fragments, QR images, rendered layouts.
struct SafeHtml {
  std::string html;
};

/// What a template is filled with.
class Values {
 public:
  Values();
  ~Values();
  Values(Values&&) noexcept;
  Values& operator=(Values&&) noexcept;

  /// NAME in capitals, digits and underscores. std::logic_error for text with a name in _HTML, and SafeHtml without.
  Values& set(std::string_view name, std::string_view text);
  Values& set(std::string_view name, std::int64_t number);
  Values& set(std::string_view name, const SafeHtml& html);
  /// Shows {{#SECTION}} once, when `shown`.
  Values& show(std::string_view section, bool shown = true);
  /// One more {{#SECTION}}, filled by what is returned. Values set outside are seen inside.
  Values& add(std::string_view section);

 private:
  friend class Templates;
  explicit Values(ctemplate::TemplateDictionary* inner);
  struct Owned;
  std::unique_ptr<Owned> owned_;
  ctemplate::TemplateDictionary* dictionary_ = nullptr;
  std::vector<std::unique_ptr<Values>> inner_;
};

/// The words of one language.
class Words {
 public:
  /// Error (config) that names file and line.
  static Words load(const std::filesystem::path& folder);
  /// The text with {0}, {1} … filled in; not escaped. A key there is none of is a bug: std::logic_error.
  std::string text(std::string_view key, std::initializer_list<std::string_view> parts = {}) const;
  bool has(std::string_view key) const;
  const std::map<std::string, std::string, std::less<>>& all() const { return words_; }

 private:
  std::map<std::string, std::string, std::less<>> words_;
};

class Templates {
 public:
  /// `folder` holds templates/ and words/. Error (config) with every mistake.
  static Templates load(const std::filesystem::path& folder);
  Templates(Templates&&) noexcept;
  ~Templates();

  /// Template NAME ("login") of that language.
  std::string render(std::string_view name, Language language, const Values& values) const;
  const Words& words(Language language) const;

 private:
  Templates();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluis::web
