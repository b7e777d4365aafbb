#pragma once
// Which sanitizer this build has: GCC tells by a macro, clang by a feature.

#if defined(__has_feature)
#define GH_HAS_FEATURE(name) __has_feature(name)
#else
#define GH_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || GH_HAS_FEATURE(address_sanitizer)
#define GH_ADDRESS_SANITIZER
#endif

#if defined(__SANITIZE_THREAD__) || GH_HAS_FEATURE(thread_sanitizer)
#define GH_THREAD_SANITIZER
#endif

#undef GH_HAS_FEATURE
