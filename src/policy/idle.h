#pragma once
// Values that somebody wrote and that can decide nothing. One in `defaults` stands for every tenant
// that does not say otherwise, so it is judged by all of them, and told only when it can decide for
// none. A tenant's own cap on what that tenant cannot do is a problem: it was meant for something
// else. A cap that only another one makes superfluous, or that stands in `defaults`, does no harm
// and may be right tomorrow: a note. Belongs to one load; not thread-safe.

#include <map>
#include <string>
#include <string_view>

#include "policy/report.h"
#include "policy/section.h"

namespace gh::policy {

class IdleValues {
 public:
  // What `section` says of `name`, if anything, for one of those whom it is for: `useless` is why
  // there is nothing there that it could be for, `superfluous` which other setting is tighter; ""
  // when it can decide.
  void judge(const Section& section, std::string_view name, std::string_view useless,
             std::string_view superfluous = {});

  // The same for what is only noted and has words of its own: `message` is all of the note.
  void judge_as_told(const Section& section, std::string_view name, std::string message);

  // A problem or a note for each that can decide nowhere.
  void tell(Report& report) const;

 private:
  struct Judgement {
    bool decides = false;
    bool mistake = false;
    std::string message;
  };
  std::map<yaml::Position, Judgement> values_;
};

}  // namespace gh::policy
