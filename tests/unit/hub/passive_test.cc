#include "hub/passive.h"

#include <gtest/gtest.h>

#include "examined.h"
#include "hub/checksum.h"

namespace gh::hub {
namespace {

using namespace std::string_literals;

std::string number(std::uint64_t value, std::size_t size) {  // little-endian
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}
std::string turned(std::uint64_t value, std::size_t size) {
  std::string bytes = number(value, size);
  return {bytes.rbegin(), bytes.rend()};
}

TEST(Checksum, KnownValues) {
  constexpr std::string_view kDigits = "123456789";
  Remainder<std::uint16_t, 0x8005U> sixteen;
  sixteen.add(kDigits);
  EXPECT_EQ(sixteen.value(), 0xfee8);
  Remainder<std::uint32_t, 0x04c11db7U> more;
  more.add(kDigits);
  EXPECT_EQ(more.value(), 0x89a1897f);
  Castagnoli castagnoli;
  castagnoli.add(kDigits);
  const std::uint32_t sum = 0xe3069283;
  EXPECT_EQ(castagnoli.masked(), (sum >> 15 | sum << 17) + 0xa282ead8);
}

std::string bitmap(std::uint32_t width, std::uint32_t height, std::uint16_t depth) {
  const std::uint32_t size = (width * depth + 31) / 32 * 4 * (height < 1U << 31 ? height : -height);
  return "BM" + number(54 + size, 4) + number(0, 4) + number(54, 4) + number(40, 4) +
         number(width, 4) + number(height, 4) + number(1, 2) + number(depth, 2) + number(0, 24) +
         std::string(size, '\xff');
}

TEST(Passive, Bitmaps) {
  for (const std::string& bytes : {bitmap(3, 2, 24), bitmap(3, -2U, 32), bitmap(9, 1, 1)}) {
    EXPECT_EQ(found("a.bmp", bytes), "");
    EXPECT_EQ(found("a.bmp", bytes + "x"), "COD-201");
    EXPECT_EQ(found("a.bmp", bytes.substr(0, bytes.size() - 1)), "COD-202");
    EXPECT_EQ(examined("a", bytes).facts.kind, DocumentKind::image);
  }
  const std::string good = bitmap(3, 2, 24);
  const std::pair<std::size_t, char> changes[] = {{0, 'b'}, {6, 1},  {10, 20}, {10, -1},
                                                  {14, 41}, {18, 0}, {21, -1}, {22, 0},
                                                  {26, 2},  {28, 7}, {30, 99}};
  for (const auto& [at, value] : changes) {
    std::string bad = good;
    bad[at] = value;
    EXPECT_EQ(found("a.bmp", bad), "unknown") << at;
  }
  // So many pixels that their bytes are no number.
  EXPECT_EQ(found("a.bmp", bitmap(3, 2, 32).replace(18, 8, number(0x7fffffff7fffffffU, 8))),
            "COD-202");
  EXPECT_EQ(found("a.bmp", good.substr(0, 20)), "unknown");
}

TEST(Passive, Icons) {
  const std::string picture = "\x89PNG\r\n\x1a\n" + std::string(40, 'x');
  const auto icon = [&](std::uint32_t size, std::uint32_t at, char reserved = 0) {
    return number(0, 2) + number(1, 2) + number(1, 2) + "\x10\x10"s + '\0' + reserved +
           number(1, 2) + number(32, 2) + number(size, 4) + number(at, 4) + picture;
  };
  EXPECT_EQ(found("a.ico", icon(48, 22)), "");
  EXPECT_EQ(found("a.ico", icon(48, 22, '\xff')), "");
  EXPECT_EQ(found("a.ico", icon(48, 22) + "x"), "COD-201");
  for (const std::string& bad :
       {icon(49, 22), icon(48, 21), icon(47, 23), icon(4, 22), icon(48, 22, 7),
        icon(0xffffffffU, 22), icon(48, 22).substr(0, 30)})
    EXPECT_EQ(found("a.ico", bad), "unknown");
  EXPECT_EQ(found("a.ico", icon(48, 22).replace(4, 2, number(0, 2))), "unknown");
}

TEST(Passive, Tiffs) {
  const auto entry = [](std::uint64_t tag, std::uint64_t type, std::uint64_t count,
                        std::uint64_t value) {
    return number(tag, 2) + number(type, 2) + number(count, 4) + number(value, 4);
  };
  const auto tiff = [&](const std::string& entries, std::uint64_t next = 0) {
    return "II*\0"s + number(12, 4) + "abcd" + number(entries.size() / 12, 2) + entries +
           number(next, 4);
  };
  const std::string strips = entry(273, 4, 1, 8) + entry(279, 4, 1, 4);
  EXPECT_EQ(found("a.tif", tiff(strips)), "");
  EXPECT_EQ(found("a.tif", tiff(strips) + "x"), "COD-201");
  EXPECT_EQ(found("a.tif", tiff(strips) + std::string(15, '\0')), "") << "filled up";
  EXPECT_EQ(found("a.tif", tiff(strips) + std::string(16, '\0')), "COD-201");
  EXPECT_EQ(found("a.tif", tiff(strips) + "\0x"s), "COD-201");
  EXPECT_EQ(found("a.tif", tiff(strips + entry(330, 4, 1, 12))), "COD-202") << "a circle";
  EXPECT_EQ(found("a.tif", tiff(strips, 12)), "COD-202") << "a circle";
  EXPECT_EQ(found("a.tif", tiff(strips, 9999)), "COD-202");
  EXPECT_EQ(found("a.tif", tiff(entry(273, 4, 1, 8) + entry(279, 4, 1, 4000))), "COD-202");
  for (const std::string& bad :
       {tiff(entry(256, 0, 1, 1)), tiff(entry(256, 14, 1, 1)), tiff(entry(256, 4, 9, 9999)),
        tiff(entry(273, 12, 1, 8)), tiff(entry(273, 4, 0xffffffff, 8)), tiff(""),
        tiff(strips).substr(0, 30), "II*\0"s + number(4, 4)})
    EXPECT_EQ(found("a.tif", bad), "unknown") << testing::PrintToString(bad);
}

std::string box(std::string_view kind, const std::string& content = "") {
  return turned(8 + content.size(), 4) + std::string(kind) + content;
}

TEST(Passive, Boxes) {
  const std::string avif = box("ftyp", "avif\0\0\0\0mif1"s) + box("meta", "x") + box("mdat", "y");
  EXPECT_EQ(found("a.avif", avif), "");
  EXPECT_EQ(examined("a", avif).facts.kind, DocumentKind::image);
  const std::string mp4 = box("ftyp", "isom\0\0\0\0"s) + box("mdat", "y") + box("moov");
  EXPECT_EQ(found("a.mp4", mp4), "");
  EXPECT_EQ(examined("a", mp4).facts.kind, DocumentKind::recording);
  EXPECT_EQ(found("a.mp4", mp4 + "words and more"), "COD-201");
  EXPECT_EQ(found("a.mp4", mp4 + box("evil")), "COD-201");
  EXPECT_EQ(found("a.mp4", box("ftyp", "isom\0\0\0\0"s) + box("mdat", "y")), "COD-202");
  EXPECT_EQ(found("a.mp4", mp4 + box("free").substr(0, 4)), "COD-201");
  EXPECT_EQ(found("a.mp4", mp4 + turned(99, 4) + "free"), "COD-202");
  EXPECT_EQ(found("a.mp4", mp4 + turned(7, 4) + "free"), "COD-202");
  EXPECT_EQ(found("a.mp4", mp4 + turned(1, 4) + "free" + turned(16, 8)), "");
  EXPECT_EQ(found("a.mp4", mp4 + turned(1, 4) + "free" + turned(15, 8) + "x"), "COD-201");
  EXPECT_EQ(found("a.mp4", mp4 + turned(0, 4) + "mdat" + "all the rest"), "");
  for (const std::string& bad :
       {box("ftyp", "evil\0\0\0\0"s) + box("moov"), box("ftyp", "isom\0\0\0\0"s) + box("evil"),
        box("ftyp", "isom"), box("ftyp", "isom\0\0\0\0x"s) + box("moov")})
    EXPECT_EQ(found("a.mp4", bad), "unknown");
}

TEST(Passive, Wav) {
  const auto wav = [](const std::string& chunks) {
    return "RIFF" + number(4 + chunks.size(), 4) + "WAVE" + chunks;
  };
  const std::string format = "fmt " + number(16, 4) + std::string(16, '\1');
  EXPECT_EQ(found("a.wav", wav(format + "data" + number(4, 4) + "\xff\1\1\1")), "");
  EXPECT_EQ(found("a.wav", wav(format + "data" + number(3, 4) + "\xff\1\1")), "") << "no padding";
  EXPECT_EQ(found("a.wav", wav(format + "data" + number(4, 4) + "\xff\1\1\1") + "x"), "COD-201");
  EXPECT_EQ(found("a.wav", wav(format + "data" + number(9, 4) + "\xff\1\1\1")), "COD-202");
  EXPECT_EQ(found("a.wav", wav(format + "\1\xff\1\1" + number(0, 4))), "COD-202");
  EXPECT_EQ(found("a.wav", wav("data" + number(4, 4) + "\xff\1\1\1")), "unknown");
  EXPECT_EQ(found("a.wav", wav("fmt " + number(9, 4) + std::string(10, '\xff'))), "unknown");
}

std::string page(const std::string& packet, char flags) {
  const std::string head = "OggS\0"s + flags + std::string(16, '\0');
  const std::string rest = "\1"s + static_cast<char>(packet.size()) + packet;
  Remainder<std::uint32_t, 0x04c11db7U> sum;
  sum.add(head + "\0\0\0\0"s + rest);
  return head + number(sum.value(), 4) + rest;
}

TEST(Passive, Ogg) {
  const std::string first = page("OpusHead\xff\xff", 2);
  EXPECT_EQ(found("a.ogg", first + page("sound", 4)), "");
  EXPECT_EQ(found("a.ogg", first + "words"), "COD-201");
  EXPECT_EQ(found("a.ogg", first + "OggS and words"), "COD-202");
  EXPECT_EQ(found("a.ogg", first + page("sound", 4).replace(28, 1, "S")), "COD-202");
  for (const std::string& bad : {page("OpusHead\xff\xff", 0), page("evilHead\xff\xff", 2),
                                 first.substr(0, first.size() - 1)})
    EXPECT_EQ(found("a.ogg", bad), "unknown");
}

TEST(Passive, Flac) {
  const auto frame = [](const std::string& sound) {
    const std::string bytes = "\xff\xf8\x19\x08" + sound;
    Remainder<std::uint16_t, 0x8005U> sum;
    sum.add(bytes);
    return bytes + turned(sum.value(), 2);
  };
  const std::string head = "fLaC\0\0\0\x22\0\x10\0\x10"s + std::string(6, '\0') +
                           "\x0a\xc4\x40\xf0" + std::string(20, '\0') + "\x84\0\0\2ab"s;
  EXPECT_EQ(found("a.flac", head + frame("sound") + frame("\xff\xf8 and more")), "");
  EXPECT_EQ(found("a.flac", head + frame("sound") + "TAG" + std::string(125, ' ')), "");
  EXPECT_EQ(found("a.flac", head + frame("sound") + "words"), "COD-202");
  EXPECT_EQ(found("a.flac", head + frame("sound") + frame("more").substr(0, 8)), "COD-202");
  EXPECT_EQ(found("a.flac", head.substr(0, 44) + "\1\1"), "COD-202");
  for (const std::size_t at : {0U, 4U, 7U, 9U, 18U}) {
    std::string bad = head + frame("sound");
    bad[at] = '\x7f';
    if (at == 18) bad.replace(18, 3, 3, '\0');
    EXPECT_EQ(found("a.flac", bad), "unknown") << at;
  }
}

TEST(Passive, Mp3) {
  const std::string frame = "\xff\xfb\x90\x64"s + std::string(413, '\0');
  const std::string tag = "ID3\4\0\0\0\0\1\1"s + std::string(129, '\0');
  EXPECT_EQ(found("a.mp3", frame + frame + frame), "");
  EXPECT_EQ(found("a.mp3", frame + frame), "") << "all of a short one";
  EXPECT_EQ(found("a.mp3", tag + frame + frame), "");
  EXPECT_EQ(found("a.mp3", frame + frame + frame + "TAG" + std::string(125, ' ')), "");
  EXPECT_EQ(found("a.mp3", frame + frame + frame + "APETAGEX" + number(2000, 4) + number(3, 4) +
                               std::string(19, 'x')),
            "");
  EXPECT_EQ(found("a.mp3", frame + frame + frame + "words"), "COD-201");
  EXPECT_EQ(found("a.mp3", frame + frame + frame + frame.substr(0, 99)), "COD-202");
  std::string other = frame;
  other[1] = '\xf3';  // MPEG 2
  for (const std::string& bad :
       {frame + "words", tag + "\xff", frame + other + frame, tag.substr(0, 60) + frame,
        "ID3\x09\0\0\0\0\0\0"s + frame + frame, "\xff\xfb\xf0\x64"s + std::string(999, '\0'),
        "\xff\xfb\0\x64"s + std::string(999, '\0'), "\xff\xe1"s + std::string(999, '\0')})
    EXPECT_EQ(found("a.mp3", bad), "unknown");
}

std::string record(const std::string& data) {
  const std::string length = number(data.size(), 8);
  Castagnoli first;
  Castagnoli second;
  first.add(length);
  second.add(data);
  return length + number(first.masked(), 4) + data + number(second.masked(), 4);
}

TEST(Passive, Events) {
  const std::string first = record(
      "\x09 seconds\x1a\x0d"
      "brain.Event:2");
  const std::string name = "events.out.tfevents.1";
  EXPECT_EQ(found(name, first + record("") + record(std::string(200'000, '\xff'))), "");
  EXPECT_EQ(examined("a", first).facts.kind, DocumentKind::record);
  EXPECT_EQ(found(name, first + record("words").substr(0, 12)), "COD-202");
  EXPECT_EQ(found(name, first + record("words").replace(12, 1, "W")), "COD-202");
  EXPECT_EQ(found(name, first + number(UINT64_MAX, 8) + "\xff\xff\xff\xff"), "COD-202");
  for (const std::string& bad :
       {record("\x09 seconds\x1a\x0d"
               "evil.Event:2"),
        record("brain.Event:2"), first.substr(0, first.size() - 1), first.substr(0, 11)})
    EXPECT_EQ(found(name, bad), "unknown") << testing::PrintToString(bad);
}

TEST(Passive, Finder) {
  std::string table = turned(1, 4) + turned(0, 4) + turned(0x805, 4) + std::string(255 * 4, '\0') +
                      turned(1, 4) + "\4DSDB" + turned(1, 4);
  std::string file = "\0\0\0\1Bud1"s + turned(0x800, 4) + turned(0x800, 4) + turned(0x800, 4);
  file.resize(4 + 0x800);
  file += table;
  file.resize(4 + 0x1000);
  EXPECT_EQ(found(".DS_Store", file), "");
  EXPECT_EQ(found(".DS_Store", file + "x"), "COD-201");
  const std::pair<std::size_t, char> changes[] = {
      {3, 2}, {7, '2'}, {11, 1}, {18, 9}, {0x808, 1}, {4 + 0x800 + 8 + 1024 + 5, 'X'}};
  for (const auto& [at, value] : changes) {
    std::string bad = file;
    bad[at] = value;
    EXPECT_EQ(found(".DS_Store", bad), "unknown") << at;
  }
  EXPECT_EQ(found(".DS_Store", file.substr(0, file.size() - 1)), "unknown");
}

// States more bytes than there are, as a member of an archive may.
class Short final : public source::Source {
 public:
  explicit Short(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size() + 100'000; }
  std::size_t read_at(std::uint64_t offset, std::span<char> into) override {
    return offset < bytes_.size() ? bytes_.copy(into.data(), into.size(), offset) : 0;
  }
  const std::optional<Error>& error() const override { return error_; }

 private:
  std::string_view bytes_;
  std::optional<Error> error_;
};

TEST(Passive, ThatEndBeforeTheyShould) {
  const std::string png = "\x89PNG\r\n\x1a\n" + turned(4, 4) + "IHDR";
  const std::string flac = "fLaC\x80\0\0\x22\0\x10\0\x10"s + std::string(6, '\0') +
                           "\x0a\xc4\x40\xf0" + std::string(20, '\0') + "\xff\xf8 sound";
  const std::string frame = "\xff\xfb\x90\x64"s + std::string(413, '\0');
  for (const auto& [bytes, ids] : std::initializer_list<std::pair<std::string, std::string_view>>{
           {png, "COD-202"},
           {"\xff\xd8\xff\xda\0\2"s, "COD-202"},
           {"\xff\xd8\xff\xda\0\2scan\xff\0"s, "COD-202"},
           {"\xff\xd8\xff\xda\0\2scan\xff"s, "COD-202"},
           {"GIF89a\xff\xff\xff\xff\1\1\1!\1\xff", "COD-202"},
           {"RIFF" + number(90'000, 4) + "WEBPVP8 \xff\0\0\0"s, "COD-202"},
           {flac, "COD-202"},
           {flac + std::string(300'000, 'x'), "COD-202"},
           {frame + frame + frame, "COD-201"},
           {box("ftyp", "isom\0\0\0\xff"s) + box("moov"), "COD-201"},
           {page("OpusHead\xff\xff", 2), "COD-201"}}) {
    Short source(bytes);
    findings::Examination examination(0);
    EXPECT_TRUE(examine_document(source, "a", examination, nullptr));
    ASSERT_EQ(examination.findings().size(), 1) << testing::PrintToString(bytes);
    EXPECT_EQ(examination.findings()[0].rule->id, ids) << testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace gh::hub
