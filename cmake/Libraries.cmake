# libarchive, libxml2 and libyaml: loaded with a module when they are first needed
# (host/library/libraries.h), or part of tests and of a static program.
if(PASSCHECK_TESTS OR PASSCHECK_STATIC)
  target_sources(passcheck_host PRIVATE host/library/table.c)
  target_link_libraries(passcheck_host PUBLIC PkgConfig::ARCHIVE PkgConfig::XML2 PkgConfig::YAML)
else()
  include(GNUInstallDirs)
  add_library(passcheck-libraries MODULE host/library/table.c)
  set_target_properties(passcheck-libraries PROPERTIES PREFIX "")
  target_link_libraries(passcheck-libraries PRIVATE
    passcheck_flags PkgConfig::ARCHIVE PkgConfig::XML2 PkgConfig::YAML)
  # A package is to name the C library for each object (Debian Policy 8.6.1), which this one gets by
  # way of the others alone.
  target_link_options(passcheck-libraries PRIVATE LINKER:--no-as-needed)
  # CPack takes what lies one folder below lib for a library that ldconfig is to know.
  file(RELATIVE_PATH modules ${CMAKE_INSTALL_FULL_BINDIR}
    ${CMAKE_INSTALL_FULL_LIBDIR}/passcheck/modules)
  target_compile_definitions(passcheck_host PRIVATE
    PASSCHECK_MODULE="$<TARGET_FILE_NAME:passcheck-libraries>" PASSCHECK_MODULES="${modules}")
  # Their types.
  target_include_directories(passcheck_host SYSTEM PUBLIC
    ${ARCHIVE_INCLUDE_DIRS} ${XML2_INCLUDE_DIRS} ${YAML_INCLUDE_DIRS})
  add_dependencies(passcheck passcheck-libraries)
  install(TARGETS passcheck-libraries LIBRARY DESTINATION
    ${CMAKE_INSTALL_LIBDIR}/passcheck/modules)
endif()
