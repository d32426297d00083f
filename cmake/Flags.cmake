# The flags that every target shares, as an interface library.
add_library(passcheck_flags INTERFACE)
target_compile_features(passcheck_flags INTERFACE c_std_17)
set(CMAKE_C_EXTENSIONS ON)

target_include_directories(passcheck_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(passcheck_flags INTERFACE _GNU_SOURCE
  PASSCHECK_VERSION="${PROJECT_VERSION}")
target_compile_options(passcheck_flags INTERFACE
  -Wall -Wextra -Wshadow -Wvla -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -fno-common -fstack-protector-strong
  $<IF:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>,-fPIC,-fPIE>
  $<$<BOOL:${PASSCHECK_WERROR}>:-Werror>
  $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2 -fstack-clash-protection>)
target_link_options(passcheck_flags INTERFACE
  $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,-z,relro,-z,now -Wl,-z,noexecstack)

if(PASSCHECK_SANITIZE)
  set(SANITIZE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(passcheck_flags INTERFACE ${SANITIZE})
  target_link_options(passcheck_flags INTERFACE ${SANITIZE})
  target_compile_definitions(passcheck_flags INTERFACE PASSCHECK_SANITIZED)
  # libFuzzer needs the code that it drives to count what it runs.
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    target_compile_options(passcheck_flags INTERFACE -fsanitize=fuzzer-no-link)
  endif()
endif()
