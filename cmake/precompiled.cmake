# What nearly every file includes, compiled once instead of in some 360 files and 180 tests: most of
# what a clean build of `dev` had to do. Each file still names what it uses: `release` and `fuzz` are
# built without this.
option(GH_PRECOMPILED "precompile common headers (g++ only)" OFF)

# gh_use_precompiled(TARGET NAME) takes one of the sets below. They differ as libraries and programs
# are compiled differently (-fPIC, -fPIE).
function(gh_use_precompiled target name)
  if(GH_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ${name})
    target_compile_options(${target} PRIVATE $<TARGET_PROPERTY:${name},INTERFACE_COMPILE_OPTIONS>)
  endif()
endfunction()

if(GH_PRECOMPILED)
  add_compile_options(-fpch-preprocess)  # ccache asks for it
  set(common <algorithm> <array> <charconv> <chrono> <cstdint> <expected> <functional> <map> <memory>
      <optional> <span> <string> <string_view> <unordered_map> <utility> <vector> <fmt/format.h>)
  set(source ${CMAKE_BINARY_DIR}/precompiled.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "int main() {}\n")  # which writes it once
  add_library(precompiled_common OBJECT ${source})
  target_precompile_headers(precompiled_common PRIVATE ${common})
  add_executable(precompiled_test EXCLUDE_FROM_ALL ${source})
  target_link_libraries(precompiled_test PRIVATE GTest::gtest GTest::gmock)
  # A quarter less for g++ to do than with -O1, and what is tested is optimised all the same.
  target_compile_options(precompiled_test PUBLIC -Og)
  target_precompile_headers(precompiled_test PRIVATE ${common} <gmock/gmock.h> <gtest/gtest.h>)
endif()
