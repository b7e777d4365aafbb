// Replays the inputs that the fuzzer of exchanges has kept, and seeded changes of each: a
// regression run of its invariants without libFuzzer.
//
//   exchange_states FOLDER

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kChanges = 20;  // of each input

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int, char** arguments) {
  std::vector<std::string> inputs;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  std::mt19937 random(1);
  const auto below = [&](std::size_t size) { return random() % size; };
  std::size_t runs = 0;
  for (const std::string& input : inputs) {
    if (input.empty()) continue;
    run(input);
    for (int i = 0; i < kChanges; ++i) {
      std::string changed = input;
      for (int byte = 0; byte < 3; ++byte) {
        changed[below(changed.size())] = static_cast<char>(below(256));
      }
      const std::string& other = inputs[below(inputs.size())];
      if (i % 2 == 0) changed.insert(below(changed.size()), other, 0, below(other.size() + 1));
      run(changed);
    }
    runs += 1 + kChanges;
  }
  std::printf("%zu inputs held\n", runs);
  return runs > 0 ? 0 : 1;
}
