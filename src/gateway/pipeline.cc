// The order in which a request is looked at. The order is the security property: nothing is read
// before it is known who asks, nothing is parsed that has not been paid for, nothing is sent that
// has not been checked, and nothing of what the client sent goes upstream.
//
//   1.  accept, per-address cap, TLS, client certificate     net, http, worker.cc
//   2.  the head, under limits and a strict grammar          http
//   3.–12. below
//   13. the answer, from an allow-list, event by event       answer.cc
//   14. the client leaves: the upstream is closed at once    Exchange::on_gone
//   15. the end, exactly once: settle, log, count            Exchange::end
//
// docs/life-of-a-request.md tells the same in prose.

#include "gateway/exchange.h"

namespace gh::gateway {

void Exchange::run() {
  using Step = Outcome (Exchange::*)();
  static constexpr Step kOrder[] = {
      &Exchange::find_route,          // 3.  exact method and path, else 404
      &Exchange::limit_address,       //     the request rate of the client's address
      &Exchange::authenticate,        // 4.  one bearer key, or the same 401 for every reason
      &Exchange::admit,               // 5.  request rates and concurrency, before any body
      &Exchange::answer_from_policy,  //     /v1/models needs no upstream
      &Exchange::take_body,           // 6.  the body, under its limit, deadline and share of memory
      &Exchange::parse,               // 7.  one strict document, known fields, types, caps
      &Exchange::admit_model,         //     the model's limits; no rate of 5. is charged without
      &Exchange::count_prompt,        //     the exact prompt length, where the estimate is too near
                                      // 8.  (the prompt guard has its place here)
      &Exchange::reserve,             // 9.  tokens and money, all scopes or none
      &Exchange::place,               // 10. the upstream, the cache salt, the body as it is sent
      &Exchange::record_admission,    // 11. from here on it may cost something
      &Exchange::send,                // 12. our bytes, to a connection that was checked
  };
  while (step_ < std::size(kOrder)) {
    const Step step = kOrder[step_];
    switch ((this->*step)()) {
      case Outcome::next:
        ++step_;
        break;
      case Outcome::wait:
        return;
      case Outcome::answered:
        step_ = std::size(kOrder);
        return;
    }
  }
}

}  // namespace gh::gateway
