#pragma once
// Values that somebody wrote and that can decide nothing. One in `defaults` stands for every tenant
// that does not say otherwise, so it is judged by all of them: it is a mistake only when it can
// decide for none. Belongs to one load; not thread-safe.

#include <map>
#include <string>
#include <string_view>

#include "policy/report.h"
#include "policy/section.h"

namespace gh::policy {

class IdleValues {
 public:
  // What `section` says of `name`, if anything, for one of those whom it is for: `reason` is why
  // it can decide nothing there; "" when it can.
  void judge(const Section& section, std::string_view name, std::string_view reason);

  // A problem for each that can decide nowhere.
  void tell(Report& report) const;

 private:
  struct Judgement {
    bool decides = false;
    std::string message;
  };
  std::map<yaml::Position, Judgement> values_;
};

}  // namespace gh::policy
