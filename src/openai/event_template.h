#pragma once
// The short way for an event of a stream that differs from the one before only in its text and its
// counts, as nearly all of them do: a tenth of what parsing and writing it costs.
//
// What was written for one event is kept with it. Another whose bytes are the same but for the
// holes (one text, the choice's index, the usage's completion and total tokens) has the same JSON
// tokens but for the values of those, and so would be checked and written in the same way, with its
// own text and index. A hole takes only what every reader takes literally: a string without escapes
// and in valid UTF-8, a plain number. Anything else is no match, and goes the long way.
//
// Holes are found by their keys in the bytes, which is exact when nothing is spelled with an escape
// and each of the keys is there once; an event for which that is not so is not learned from.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gh::openai {

class EventTemplate {
 public:
  // What an event of this form counts.
  struct Counts {
    std::uint32_t index = 0;
    std::uint64_t completion_tokens = 0;
    std::uint64_t total_tokens = 0;
  };

  // A value of the event that may differ.
  struct Hole {
    enum class What : std::uint8_t { index, text, completion_tokens, total_tokens };
    What what = What::text;
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
  };

  // From an event that has one choice with text, for which `written` was appended to the output.
  // `usage` says whether it has usage that was not written; `counts` is what was read from it.
  // An unfit event makes `write` match nothing.
  void learn(std::string_view event, std::string_view written, Counts counts, bool usage);

  // Appends what is to be written for `event`; nothing when it has another form, or the index of
  // none of the request's `choices`.
  std::optional<Counts> write(std::string_view event, std::uint64_t choices,
                              std::string& out) const;

 private:
  std::string event_;
  std::string written_;
  std::array<Hole, 4> event_holes_;    // by place
  std::array<Hole, 2> written_holes_;  // by place
  std::size_t event_hole_count_ = 0;   // 0: nothing is learned
};

}  // namespace gh::openai
