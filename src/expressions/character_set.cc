#include "expressions/character_set.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <string>

#include "base/text.h"

namespace gh::expressions {

namespace {

constexpr char32_t kFirst = 0x80;
constexpr char32_t kEnd = 0x110000;

// Of Unicode, two letters each.
constexpr std::string_view kNames = "LuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoSmScSkSoZsZlZpCcCfCsCoCn";
constexpr std::uint32_t kAll = (1U << (kNames.size() / 2)) - 1;

// "L", "Lu" or several: "PSCf".
constexpr std::uint32_t categories_of(std::string_view names) {
  std::uint32_t mask = 0;
  while (!names.empty()) {
    const std::size_t size = names.size() > 1 && names[1] >= 'a' ? 2 : 1;
    if (names[0] == '+') mask |= categories_of("PdPsPePiPfPoS");
    for (std::size_t i = 0; i < kNames.size(); i += 2)
      if (kNames.substr(i, 2).starts_with(names.substr(0, size))) mask |= 1U << (i / 2);
    names.remove_prefix(size);
  }
  return mask;
}

constexpr std::uint32_t kCased = categories_of("Lu") | categories_of("Ll") | categories_of("Lt");

constexpr std::uint32_t category_of_ascii(char c) {
  if (c >= 'A' && c <= 'Z') return categories_of("Lu");
  if (c >= 'a' && c <= 'z') return categories_of("Ll");
  if (c >= '0' && c <= '9') return categories_of("Nd");
  if (c < ' ' || c == 0x7f) return categories_of("Cc");
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOthers = {
      {{" ", "Zs"},
       {"_", "Pc"},
       {"-", "Pd"},
       {"([{", "Ps"},
       {")]}", "Pe"},
       {"!\"#%&'*,./:;?@\\", "Po"},
       {"+<=>|~", "Sm"},
       {"$", "Sc"},
       {"^`", "Sk"}}};
  for (const auto& [characters, name] : kOthers)
    if (characters.contains(c)) return categories_of(name);
  return 0;
}

constexpr std::array<std::uint32_t, kFirst> kAscii = [] {
  std::array<std::uint32_t, kFirst> out{};
  for (std::size_t i = 0; i < kFirst; ++i) out[i] = category_of_ascii(static_cast<char>(i));
  return out;
}();

// Blocks of few categories, those of letters and of punctuation apart; elsewhere a character may be
// of any. "+" stands for punctuation that is in no word, and for symbols.
struct Block {
  char32_t first;
  char32_t last;
  std::string_view categories;
};
constexpr std::array<Block, 57> kBlocks = {
    {{0x80, 0x9f, "Cc"},     {0xa0, 0xa0, "Zs"},       {0xa1, 0xa9, "+"},
     {0xaa, 0xaa, "Lo"},     {0xab, 0xaf, "+Cf"},      {0xb0, 0xb1, "S"},
     {0xb2, 0xb3, "No"},     {0xb4, 0xb4, "Sk"},       {0xb5, 0xb5, "Ll"},
     {0xb6, 0xb8, "+"},      {0xb9, 0xb9, "No"},       {0xba, 0xba, "Lo"},
     {0xbb, 0xbb, "Pf"},     {0xbc, 0xbe, "No"},       {0xbf, 0xbf, "Po"},
     {0xc0, 0xd6, "Lu"},     {0xd7, 0xd7, "Sm"},       {0xd8, 0xde, "Lu"},
     {0xdf, 0xf6, "Ll"},     {0xf7, 0xf7, "Sm"},       {0xf8, 0xff, "Ll"},
     {0x100, 0x2af, "L"},    {0x391, 0x3a9, "LuCn"},   {0x3b1, 0x3c9, "Ll"},
     {0x400, 0x42f, "Lu"},   {0x430, 0x45f, "Ll"},     {0x60c, 0x60d, "+"},
     {0x61f, 0x61f, "Po"},   {0x620, 0x64a, "L"},      {0x6d4, 0x6d4, "Po"},
     {0x964, 0x965, "Po"},   {0x2000, 0x203e, "+ZC"},  {0x203f, 0x2040, "Pc"},
     {0x2041, 0x2053, "+"},  {0x2054, 0x2054, "Pc"},   {0x2055, 0x206f, "+ZC"},
     {0x20a0, 0x20cf, "SC"}, {0x2190, 0x245f, "+C"},   {0x2500, 0x2767, "+"},
     {0x3000, 0x3000, "Zs"}, {0x3001, 0x3003, "+"},    {0x3008, 0x3020, "+"},
     {0x3041, 0x3096, "Lo"}, {0x30a1, 0x30fa, "Lo"},   {0x3400, 0x4dbf, "Lo"},
     {0x4e00, 0x9fff, "Lo"}, {0xac00, 0xd7a3, "Lo"},   {0xd800, 0xdfff, "Cs"},
     {0xe000, 0xf8ff, "Co"}, {0xff01, 0xff0f, "+"},    {0xff10, 0xff19, "Nd"},
     {0xff1a, 0xff20, "+"},  {0xff21, 0xff3a, "Lu"},   {0xff41, 0xff5a, "Ll"},
     {0xff5b, 0xff65, "+"},  {0x1f300, 0x1faff, "SC"}, {0x20000, 0x2a6df, "Lo"}}};

// Letters whose other case lies at a distance.
struct Cases {
  char32_t first;
  char32_t last;
  std::int32_t distance;
};
constexpr std::array<Cases, 12> kCases = {{{0xc0, 0xde, 32},
                                           {0xe0, 0xfe, -32},
                                           {0x400, 0x40f, 80},
                                           {0x450, 0x45f, -80},
                                           {0x410, 0x42f, 32},
                                           {0x430, 0x44f, -32},
                                           {0x531, 0x556, 48},
                                           {0x561, 0x586, -48},
                                           {0xff21, 0xff3a, 32},
                                           {0xff41, 0xff5a, -32},
                                           {0x24b6, 0x24cf, 26},
                                           {0x24d0, 0x24e9, -26}}};

// Where else letters have cases: any of them may be the other case of any.
constexpr std::array<CharacterSet::Range, 14> kCasedBlocks = {{{0x100, 0x2af},
                                                               {0x345, 0x345},
                                                               {0x370, 0x3ff},
                                                               {0x460, 0x52f},
                                                               {0x10a0, 0x10ff},
                                                               {0x13a0, 0x13ff},
                                                               {0x1c80, 0x1cbf},
                                                               {0x1d79, 0x1fff},
                                                               {0x2126, 0x2188},
                                                               {0x2c00, 0x2d2f},
                                                               {0xa640, 0xabbf},
                                                               {0x10400, 0x10fff},
                                                               {0x118a0, 0x16eff},
                                                               {0x1e900, 0x1e943}}};

// Of one block and another.
constexpr std::array<std::pair<char32_t, char32_t>, 13> kSingleCases = {{{'k', 0x212a},
                                                                         {'K', 0x212a},
                                                                         {'s', 0x17f},
                                                                         {'S', 0x17f},
                                                                         {'i', 0x130},
                                                                         {'i', 0x131},
                                                                         {'I', 0x131},
                                                                         {0xe5, 0x212b},
                                                                         {0xc5, 0x212b},
                                                                         {0xff, 0x178},
                                                                         {0xb5, 0x3bc},
                                                                         {0xdf, 0x1e9e},
                                                                         {0x451, 0x1c80}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kLongNames = {
    {{"letter", "L"},
     {"mark", "M"},
     {"number", "N"},
     {"punctuation", "P"},
     {"symbol", "S"},
     {"separator", "Z"},
     {"other", "C"},
     {"uppercaseletter", "Lu"},
     {"lowercaseletter", "Ll"},
     {"decimalnumber", "Nd"},
     {"digit", "Nd"},
     {"nonspacingmark", "Mn"},
     {"control", "Cc"}}};

struct Script {
  std::string_view name;
  std::vector<CharacterSet::Range> ranges;
};

}  // namespace

void CharacterSet::put(char32_t from, std::uint32_t categories) {
  if (from >= kEnd) return;
  if (!beyond_.empty() && beyond_.back().from == from) beyond_.pop_back();
  const std::uint32_t before = beyond_.empty() ? 0 : beyond_.back().categories;
  if (categories != before) beyond_.push_back({from, categories});
}

CharacterSet CharacterSet::in(std::uint32_t categories) {
  CharacterSet set;
  for (std::size_t i = 0; i < kFirst; ++i) set.ascii_.set(i, (kAscii[i] & categories) != 0);
  char32_t at = kFirst;
  for (const Block& block : kBlocks) {
    if (block.first > at) set.put(at, categories);
    set.put(block.first, categories & categories_of(block.categories));
    at = block.last + 1;
  }
  set.put(at, categories);
  return set;
}

CharacterSet CharacterSet::all() {
  return in(kAll);
}

CharacterSet CharacterSet::of(std::vector<Range> ranges, std::uint32_t categories) {
  CharacterSet set;
  std::ranges::sort(ranges);
  char32_t done = kFirst;
  for (auto [first, last] : ranges) {
    last = std::min<char32_t>(last, kEnd - 1);
    for (char32_t c = first; c < kFirst && c <= last; ++c) set.ascii_.set(c);
    first = std::max(first, done);
    if (first > last) continue;
    set.put(first, categories);
    set.put(last + 1, 0);
    done = last + 1;
  }
  // What a code point cannot be.
  if (!set.beyond_.empty()) set.keep(all());
  return set;
}

CharacterSet CharacterSet::of(std::vector<Range> ranges) {
  return of(std::move(ranges), kAll);
}

CharacterSet CharacterSet::unsure() {
  CharacterSet set = all();
  set.sure_ = false;
  return set;
}

template <class Join>
void CharacterSet::join(const CharacterSet& other, Join&& join) {
  CharacterSet out;
  std::size_t i = 0;
  std::size_t j = 0;
  std::uint32_t mine = 0;
  std::uint32_t others = 0;
  while (i < beyond_.size() || j < other.beyond_.size()) {
    const char32_t here = i < beyond_.size() ? beyond_[i].from : kEnd;
    const char32_t there = j < other.beyond_.size() ? other.beyond_[j].from : kEnd;
    if (here <= there) mine = beyond_[i++].categories;
    if (there <= here) others = other.beyond_[j++].categories;
    out.put(std::min(here, there), join(mine, others));
  }
  beyond_ = std::move(out.beyond_);
}

void CharacterSet::add(const CharacterSet& other) {
  sure_ = sure_ && other.sure_;
  ascii_ |= other.ascii_;
  join(other, [](std::uint32_t a, std::uint32_t b) { return a | b; });
}

void CharacterSet::keep(const CharacterSet& other) {
  sure_ = sure_ && other.sure_;
  ascii_ &= other.ascii_;
  join(other, [](std::uint32_t a, std::uint32_t b) { return a & b; });
}

void CharacterSet::invert() {
  if (!sure_) {
    *this = unsure();
    return;
  }
  CharacterSet rest = all();
  rest.ascii_ = ~ascii_;
  rest.join(*this, [](std::uint32_t a, std::uint32_t b) { return a & ~b; });
  *this = std::move(rest);
}

void CharacterSet::fold() {
  for (std::size_t i = 0; i < 26; ++i)
    if (ascii_.test('a' + i) || ascii_.test('A' + i)) ascii_.set('a' + i).set('A' + i);
  // Upper, lower and title case are one.
  for (Step& step : beyond_)
    if ((step.categories & kCased) != 0) step.categories |= kCased;
  std::map<std::uint32_t, std::vector<Range>> others;  // by categories
  std::map<std::uint32_t, std::vector<Range>> blocks;
  for (const auto& [one, other] : kSingleCases) {
    if (const std::uint32_t mask = has(one)) others[mask].emplace_back(other, other);
    if (const std::uint32_t mask = has(other)) others[mask].emplace_back(one, one);
  }
  for (std::size_t i = 0; i < beyond_.size(); ++i) {
    const auto& [first, mask] = beyond_[i];
    const char32_t last = (i + 1 < beyond_.size() ? beyond_[i + 1].from : kEnd) - 1;
    if (mask == 0) continue;
    for (const Cases& cases : kCases) {
      const char32_t from = std::max(first, cases.first);
      const char32_t to = std::min(last, cases.last);
      const auto there = [&](char32_t c) { return c + static_cast<char32_t>(cases.distance); };
      if (from <= to) others[mask].emplace_back(there(from), there(to));
    }
    if (std::ranges::any_of(kCasedBlocks, [&](const Range& block) {
          return block.first <= last && block.second >= first;
        }))
      blocks[mask].assign(kCasedBlocks.begin(), kCasedBlocks.end());
  }
  for (auto& [mask, ranges] : others) add(of(std::move(ranges), mask));
  const CharacterSet before = *this;
  for (auto& [mask, ranges] : blocks) add(of(std::move(ranges), mask));
  sure_ = sure_ && *this == before;
}

std::uint32_t CharacterSet::has(char32_t c) const {
  if (c < kFirst) return ascii_.test(c) ? kAll : 0;
  const auto after = std::ranges::upper_bound(beyond_, c, {}, &Step::from);
  return after == beyond_.begin() ? 0 : std::prev(after)->categories;
}

bool CharacterSet::empty() const {
  return ascii_.none() && beyond_.empty();
}

bool CharacterSet::meets(const CharacterSet& other) const {
  CharacterSet both = *this;
  both.keep(other);
  return !both.empty();
}

bool CharacterSet::within(const CharacterSet& other) const {
  if (!other.sure_) return false;
  CharacterSet rest = *this;
  rest.ascii_ &= ~other.ascii_;
  rest.join(other, [](std::uint32_t a, std::uint32_t b) { return a & ~b; });
  return rest.empty();
}

std::optional<CharacterSet> CharacterSet::property(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); i += 2)
    if (kNames.substr(i, 2) == name || kNames.substr(i, 1) == name) return in(categories_of(name));
  std::string plain;
  for (const char c : name.substr(name.rfind('=') + 1))
    if (c != '_' && c != ' ' && c != '-') plain += to_lower(c);
  for (const auto& [long_name, category] : kLongNames)
    if (plain == long_name) return in(categories_of(category));

  const auto with = [](std::uint32_t categories, std::vector<Range> ranges) {
    CharacterSet set = in(categories);
    set.add(of(std::move(ranges)));
    return set;
  };
  const std::uint32_t letters = categories_of("L");
  const std::uint32_t marks = categories_of("M");
  const std::uint32_t digits = categories_of("N");
  if (plain == "any") return all();
  if (plain == "ascii") return of({{0, 0x7f}});
  if (plain == "xdigit") return of({{'0', '9'}, {'a', 'f'}, {'A', 'F'}});
  if (plain == "alpha" || plain == "alphabetic") return in(letters | marks | categories_of("Nl"));
  if (plain == "alnum") return in(letters | marks | digits);
  if (plain == "word" || plain == "w") return in(letters | marks | digits | categories_of("Pc"));
  if (plain == "lower" || plain == "lowercase")
    return in(categories_of("Ll") | categories_of("Lm"));
  if (plain == "upper" || plain == "uppercase") return in(categories_of("Lu"));
  if (plain == "space" || plain == "whitespace")
    return with(categories_of("Z"), {{'\t', '\r'}, {0x1c, 0x1f}, {0x85, 0x85}});
  if (plain == "blank") return with(categories_of("Zs"), {{'\t', '\t'}});
  if (plain == "cntrl") return in(categories_of("Cc"));
  if (plain == "punct") return in(categories_of("P") | categories_of("S"));
  const Script scripts[] = {
      {"han",
       {{0x2e80, 0x2fdf},
        {0x3005, 0x3007},
        {0x3021, 0x303b},
        {0x3400, 0x4dbf},
        {0x4e00, 0x9fff},
        {0xf900, 0xfaff},
        {0x20000, 0x3ffff}}},
      {"hiragana", {{0x3041, 0x309f}, {0x1b000, 0x1b16f}, {0x1f200, 0x1f200}}},
      {"katakana",
       {{0x30a1, 0x30ff},
        {0x31f0, 0x31ff},
        {0x32d0, 0x3357},
        {0xff66, 0xff9d},
        {0x1aff0, 0x1b16f}}},
      {"hangul",
       {{0x1100, 0x11ff},
        {0x302e, 0x302f},
        {0x3131, 0x318e},
        {0x3200, 0x327e},
        {0xa960, 0xa97c},
        {0xac00, 0xd7fb},
        {0xffa0, 0xffdc}}},
      {"thai", {{0xe01, 0xe5b}}},
      {"hebrew", {{0x591, 0x5f4}, {0xfb1d, 0xfb4f}}},
      {"cyrillic",
       {{0x400, 0x52f},
        {0x1c80, 0x1c8f},
        {0x1d2b, 0x1d78},
        {0x2de0, 0x2dff},
        {0xa640, 0xa69f},
        {0xfe2e, 0xfe2f}}},
  };
  for (const Script& script : scripts)
    if (plain == script.name) return of(script.ranges);
  return std::nullopt;
}

}  // namespace gh::expressions
