// A provider's code: how the TTP names a youth-care provider everywhere (folders, namespaces, mails, figures).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace sluis {

/// 2 to 16 of A-Z and 0-9, beginning with a letter: "P0001". Cannot exist otherwise.
class ProviderCode {
 public:
  /// Either case is taken; nullopt when it is no code.
  static std::optional<ProviderCode> parse(std::string_view text);

  /// Upper case: "P0001".
  const std::string& text() const { return text_; }
  /// The login name and folder name: "p0001".
  std::string user() const;

  auto operator<=>(const ProviderCode&) const = default;

 private:
  explicit ProviderCode(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace sluis
