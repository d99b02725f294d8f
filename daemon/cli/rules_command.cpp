#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "dataset/definition.h"
#include "validate/rules_text.h"

namespace sluis::cli {

void addRulesCommand(Command program, Session& session) {
  auto markdown = std::make_shared<bool>(false);
  Command command = program.command(
      session, "rules", "Every rule: code, level, severity, texts, validity", "sluis rules --markdown > rules.md",
      [&session, markdown] {
        const auto& share = session.layout().share;
        const auto definitions = dataset::Definitions::load(share / "datasets", share / "codelists");
        if (session.json)
          print(validate::rulesAsJson(definitions));
        else
          print(*markdown ? validate::rulesAsMarkdown(definitions) : validate::rulesAsText(definitions));
        return kGood;
      });
  command.flag("--markdown", *markdown, "As docs/rules.md");
}

}  // namespace sluis::cli
