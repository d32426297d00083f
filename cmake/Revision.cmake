# The revision that --version names: git's commit when this is configured, or what
# -DPASSCHECK_REVISION gives, or none in a source package. The same commit gives the same program.
find_package(Git QUIET)
set(REVISION "${PASSCHECK_REVISION}")
if(NOT REVISION AND GIT_FOUND AND EXISTS ${CMAKE_SOURCE_DIR}/.git)
  # Not `git describe`, whose words change with the tags and the changes that a clone holds.
  execute_process(
    COMMAND ${GIT_EXECUTABLE} -c safe.directory=${CMAKE_SOURCE_DIR} rev-parse --short=12 HEAD
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  # A commit configures anew.
  if(EXISTS ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
      ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
  endif()
endif()
if(REVISION)
  set_property(SOURCE cli/options/help.c APPEND PROPERTY
    COMPILE_DEFINITIONS PASSCHECK_REVISION="${REVISION}")
endif()
