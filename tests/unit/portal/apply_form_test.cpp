#include "portal/apply_form.h"

#include <gtest/gtest.h>

namespace sluis::portal {
namespace {

class Questionnaire : public testing::Test {
 protected:
  Questionnaire()
      : typed_{{"organisation", "Jeugdzorg Noord"},
               {"kvk", "12 34 56 78"},
               {"street", "Kade 1"},
               {"postcode", "1315ab"},
               {"town", "Almere"},
               {"contact_name", "J. de Vries"},
               {"contact_mail", "j@noord.example"},
               {"contact_phone", "036-1234567"},
               {"municipalities", "almere, GM0050"},
               {"format", "xlsx"},
               {"upload", "person"},
               {"person_name_1", "J. de Vries"},
               {"person_mail_1", "J@Noord.example"}} {}
  ApplyForm read() const {
    web::Fields fields;
    for (const auto& [name, value] : typed_) fields.add(name, value);
    return ApplyForm::read(fields, known_);
  }
  std::string mistake(const std::string& field, const std::string& value) {
    const auto before = typed_;
    typed_[field] = value;
    const auto form = read();
    typed_ = before;
    EXPECT_EQ(form[field].substr(0, 3), value.substr(0, 3)) << "what was typed is lost";
    const auto found = form.mistakes().find(field);
    return found == form.mistakes().end() ? "" : found->second;
  }

  std::map<std::string, std::string> typed_;
  const dataset::CodeList known_{"gemeenten",
                                 {{.code = "GM0034", .name = "Almere", .validity = {}, .into = {}},
                                  {.code = "GM0050", .name = "Zeewolde", .validity = {}, .into = {}}}};
};

TEST_F(Questionnaire, IsReadAsItWillBeKept) {
  const auto form = read();
  EXPECT_TRUE(form.mistakes().empty());
  EXPECT_EQ(form["kvk"], "12345678");
  EXPECT_EQ(form.municipalities(), (std::vector<std::string>{"GM0034", "GM0050"}));
  EXPECT_EQ(form.personMails(), std::vector<std::string>{"j@noord.example"});
}

TEST_F(Questionnaire, NamesEachMistakeAtItsField) {
  EXPECT_EQ(mistake("organisation", ""), "common.required");
  EXPECT_EQ(mistake("organisation", std::string(121, 'x')), "apply.too-long");
  EXPECT_EQ(mistake("kvk", "1234567"), "apply.no-kvk");
  EXPECT_EQ(mistake("postcode", "0315 AB"), "apply.no-postcode");
  EXPECT_EQ(mistake("contact_mail", "j at noord"), "apply.no-mail");
  EXPECT_EQ(mistake("contact_phone", "<script>"), "apply.no-phone");
  EXPECT_EQ(mistake("municipalities", "Almere, Nergenshuizen"), "apply.unknown-municipality");
  EXPECT_EQ(mistake("municipalities", ","), "common.required");
  EXPECT_EQ(mistake("format", "exe"), "apply.choose");
  EXPECT_EQ(mistake("upload", ""), "apply.choose");
  EXPECT_EQ(mistake("person_mail_1", ""), "common.required");
  EXPECT_EQ(mistake("person_name_2", "Only a name"), "");
}

TEST_F(Questionnaire, KeepsNamesOnOneLine) {
  typed_["person_name_1"] = "Piet\nBcc: x@evil.example";
  typed_["contact_name"] = "Jan\tJansen";
  typed_["remarks"] = "een\ntwee";
  const auto form = read();
  EXPECT_EQ(form.personNames(), std::vector<std::string>{"Piet Bcc: x@evil.example"});
  EXPECT_EQ(form["contact_name"], "Jan Jansen");
  EXPECT_EQ(form["remarks"], "een\ntwee");
}

TEST_F(Questionnaire, TakesNoNumbersOfPeople) {
  EXPECT_EQ(mistake("remarks", "het gaat om 123456782"), "apply.no-numbers");
  EXPECT_EQ(mistake("remarks", "bel ons na 12:00"), "");
}

TEST_F(Questionnaire, PersonIsNamedOnceAndWhole) {
  typed_["person_name_2"] = "A";
  EXPECT_EQ(read().mistakes().at("person_mail_2"), "common.required");
  typed_["person_mail_2"] = "j@noord.EXAMPLE";
  EXPECT_EQ(read().mistakes().at("person_mail_2"), "apply.mail-twice");
  typed_["person_mail_2"] = "a@noord.example";
  EXPECT_EQ(read().personNames().size(), 2U);
}

}  // namespace
}  // namespace sluis::portal
