# Warnings and hardening for every target; see docs/contributing.md for the reasons.
add_compile_options(
  -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wundef
  -Wimplicit-fallthrough -Wnon-virtual-dtor -Woverloaded-virtual)
option(GH_WERROR "treat warnings as errors" ON)
if(GH_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wduplicated-cond -Wlogical-op)
else()
  # libstdc++ 12's stable algorithms use what it deprecates; g++ still tells about ours.
  add_compile_options(-Wno-deprecated-declarations)
endif()

# The same bytes whatever the folder it is built in; also what lets ccache share between checkouts.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

if(GH_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(GH_SANITIZE)
  add_compile_options(-fsanitize=${GH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GH_SANITIZE})
  if(NOT GH_FUZZ)
    # It opens a pipe for every new class, which the sandbox's children may not; fuzzing has it on.
    add_compile_options(-fno-sanitize=vptr)
  endif()
else()
  add_compile_options(
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
    -ftrivial-auto-var-init=zero)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # For the link too: with -flto it is where returns are made, and it is told nothing of this one.
    add_compile_options(-fzero-call-used-regs=used-gpr)
    add_link_options(-fzero-call-used-regs=used-gpr)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" OR CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
  endif()
endif()
# g++ copies and clears up to 8 KB by `rep movs` and `rep stos`, which take longer to start (50 ns on
# a Xeon) than the C library's loops take for what a request is made of. For the link too: it is where
# code is made.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  set(strategies -mmemcpy-strategy=unrolled_loop:32:noalign,libcall:-1:noalign
                 -mmemset-strategy=unrolled_loop:32:noalign,libcall:-1:noalign)
  add_compile_options(${strategies})
  add_link_options(${strategies})
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -pie)

# Two builds in one folder, with a run under load between them: tools/build_profiled. What that run
# did not reach is built as without a profile.
if(GH_PROFILE STREQUAL "generate")
  add_compile_options(-fprofile-generate=${CMAKE_BINARY_DIR}/profile
                      -fprofile-update=prefer-atomic)
  add_link_options(-fprofile-generate=${CMAKE_BINARY_DIR}/profile)
elseif(GH_PROFILE STREQUAL "use")
  add_compile_options(-fprofile-use=${CMAKE_BINARY_DIR}/profile -fprofile-partial-training
                      -Wno-missing-profile)
elseif(GH_PROFILE)
  message(FATAL_ERROR "GH_PROFILE is `generate`, `use` or nothing, not `${GH_PROFILE}`")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_link_options(-fuse-ld=mold)
endif()
