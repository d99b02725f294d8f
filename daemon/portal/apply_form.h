// A provider's questionnaire as somebody filled it in: read from a form, judged field by field, nothing kept that does
// not fit portal.application. Never looks in the database.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/code_list.h"
#include "web/message.h"

namespace sluis::portal {

inline constexpr int kPeopleAsked = 5;

class ApplyForm {
 public:
  /// `municipalities`: the known ones, for names; a code that is well formed is taken all the same.
  static ApplyForm read(const web::Fields& form, const dataset::CodeList& municipalities);

  /// Field name -> key of words; empty when all is well.
  const std::map<std::string, std::string>& mistakes() const { return mistakes_; }
  /// As typed, spaces around left out.
  const std::string& operator[](const std::string& field) const;

  /// GM codes in the order in which they were typed, each once.
  const std::vector<std::string>& municipalities() const { return municipalities_; }
  const std::vector<std::string>& personNames() const { return personNames_; }
  const std::vector<std::string>& personMails() const { return personMails_; }

  /// Names of the text fields, in the order of the page; people come as person_name_1, person_mail_1 …
  static const std::vector<std::string>& fields();

 private:
  void readMunicipalities(const dataset::CodeList& known);
  void readPeople();
  void need(const std::string& field, std::size_t most);
  void may(const std::string& field, std::size_t most);
  void mustBe(const std::string& field, bool right, const char* key);

  std::map<std::string, std::string> typed_;
  std::map<std::string, std::string> mistakes_;
  std::vector<std::string> municipalities_;
  std::vector<std::string> personNames_;
  std::vector<std::string> personMails_;
};

}  // namespace sluis::portal
