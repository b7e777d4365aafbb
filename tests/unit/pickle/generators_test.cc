#include "pickle/generators.h"

#include <gtest/gtest.h>

#include "assemble.h"

namespace gh::pickle {
namespace {

using namespace test;

constexpr std::string_view kModule = "numpy.random._pickle";

std::string uint64s(int count) {
  return call(name("numpy.core.multiarray", "_reconstruct"), name("numpy", "ndarray"),
              tuple(number(0)), text("b")) +
         tuple(number(1), tuple(number(count)),
               call(name("numpy", "dtype"), text("u8"), "\x89", "\x88"), "\x89",
               "C" + little_endian(static_cast<std::uint64_t>(8 * count), 1) +
                   std::string(static_cast<std::size_t>(8 * count), 'x')) +
         "b";
}

template <class... Items>
std::string dict(Items... items) {
  return "}(" + (""s + ... + std::string(items)) + "u";
}

std::string twister_state(const std::string& pos, const std::string& more = "") {
  return "}(" + text("bit_generator") + text("MT19937") + text("state") +
         dict(text("key"), uint64s(4), text("pos"), pos) + more + "u";
}

std::string gauss(const std::string& has = number(0)) {
  return text("has_gauss") + has + text("gauss") + "G" + std::string(8, '\0');
}

std::string philox_state(const std::string& buffer_pos) {
  return dict(text("bit_generator"), text("Philox"), text("state"),
              dict(text("counter"), uint64s(4), text("key"), uint64s(2)), text("buffer"),
              uint64s(4), text("buffer_pos"), buffer_pos, text("has_uint32"), number(0),
              text("uinteger"), number(0));
}

std::string pcg_state(const std::string& increment, std::string_view of = "PCG64") {
  return dict(text("bit_generator"), text(of), text("state"),
              dict(text("state"), number(std::int64_t{1} << 60), text("inc"), increment),
              text("has_uint32"), number(0), text("uinteger"), number(0));
}

std::string bits(std::string_view which) {
  return call(name(kModule, "__bit_generator_ctor"), text(which));
}

std::string seeds(const std::string& pool_size = number(4), const std::string& key = ")") {
  return call(name("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
              name("numpy.random.bit_generator", "SeedSequence"), number(188), "N") +
         tuple(number(7), number(0), uint64s(2), pool_size, key) + "b";
}

TEST(Generators, TakeWhatNumpyWrites) {
  const std::string random = name(kModule, "__randomstate_ctor");
  const std::string old = name("numpy.random", "__RandomState_ctor") + ")R";
  const std::string generator = name(kModule, "__generator_ctor");
  const std::string pcg = name("numpy.random._pcg64", "PCG64");
  const Rules refused{"PKL-210"};
  const Case cases[] = {
      {"RandomState of NumPy 1.17",
       call(random, text("MT19937")) + twister_state(number(624), gauss()) + "b"},
      {"RandomState of 1.24", call(random, text("MT19937"), name(kModule, "__bit_generator_ctor")) +
                                  twister_state(number(0), gauss()) + "b"},
      {"RandomState of 2",
       call(random, bits("MT19937") + tuple(twister_state(number(3)), "N") + "b") +
           twister_state(number(3), gauss()) + "b"},
      {"RandomState before 1.17",
       old +
           tuple(text("MT19937"), uint64s(4), number(624), number(0), "G" + std::string(8, '\0')) +
           "b"},
      {"Generator of 1.17", call(generator, text("PCG64")) + pcg_state(number(5)) + "b"},
      {"Generator of 2", call(generator, call(name(kModule, "__bit_generator_ctor"), pcg) +
                                             tuple(pcg_state(number(5)), seeds()) + "b")},
      {"PCG64DXSM", bits("PCG64DXSM") + pcg_state(number(5), "PCG64DXSM") + "b"},
      {"Philox", bits("Philox") + philox_state(number(4)) + "b"},
      {"SFC64", bits("SFC64") +
                    dict(text("bit_generator"), text("SFC64"), text("state"),
                         dict(text("state"), uint64s(4)), text("has_uint32"), number(0),
                         text("uinteger"), number(0)) +
                    "b"},
      {"seeds", seeds(number(8), tuple(number(1), number(2)))},

      {"beyond the buffer",
       call(random, text("MT19937")) + twister_state(number(625), gauss()) + "b", refused},
      {"before it", call(random, text("MT19937")) + twister_state(number(-1), gauss()) + "b",
       refused},
      {"far beyond it", bits("MT19937") + twister_state(number(1 << 30)) + "b", refused},
      {"beyond it in a tuple", bits("MT19937") + tuple(twister_state(number(1 << 30)), "N") + "b",
       refused},
      {"beyond it, before 1.17", old + tuple(text("MT19937"), uint64s(4), number(99999)) + "b",
       refused},
      {"at a place that is a list", bits("MT19937") + twister_state("]") + "b", refused},
      {"set again later",
       bits("MT19937") + "}(" + text("bit_generator") + text("MT19937") + text("state") +
           dict(text("key"), uint64s(4), text("pos"), number(1)) + "q\x01" + "u" + "h\x01" +
           text("pos") + number(1 << 20) + "s0b",
       refused},
      {"buffer of Philox", bits("Philox") + philox_state(number(-5)) + "b", refused},
      {"state of another", bits("MT19937") + pcg_state(number(5)) + "b", refused},
      {"state of no numbers", bits("PCG64") + pcg_state(text("5")) + "b", refused},
      {"state that is empty", bits("PCG64") + "}b", refused},
      {"no state", bits("PCG64") + "]b", refused},
      {"state with a call", bits("PCG64") + pcg_state(pcg) + "b", refused},
      {"name of no generator", bits("os"), refused},
      {"class of no generator",
       call(name(kModule, "__bit_generator_ctor"), name("numpy", "ndarray")), refused},
      {"constructor of another kind", call(random, text("MT19937"), name("numpy", "ndarray")),
       refused},
      {"generator of no bits", call(generator, "]"), refused},
      {"generator of nothing", generator + ")R", refused},
      {"class is called", call(pcg, number(1)), {"PKL-202"}},
      {"seeds of a large pool", seeds(number(1 << 20)), refused},
      {"seeds of texts", seeds(number(4), tuple(text("x"))), refused},
      {"seeds of another class",
       call(name("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
            name("numpy", "ndarray"), number(188), "N"),
       refused},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.title);
    Rules rules = examined(pickle(each.stream), Layout::single, Profile::data).rules;
    EXPECT_EQ(rules, each.rules);
    rules = examined(pickle(each.stream)).rules;
    EXPECT_TRUE(rules.contains("PKL-106"));
  }
}

}  // namespace
}  // namespace gh::pickle
