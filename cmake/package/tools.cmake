# What cpack needs for a kind of package. Where it is missing, CPack would write a package without
# what it makes: dependencies.
cmake_policy(VERSION 3.25)
set(tools_DEB dpkg-shlibdeps file gzip)
set(tools_RPM rpmbuild gzip)

foreach(tool ${tools_${CPACK_GENERATOR}})
  find_program(TOOL_${tool} ${tool})
  if(NOT TOOL_${tool})
    message(FATAL_ERROR "cpack -G ${CPACK_GENERATOR}: ${tool} is not installed; without it the package would not be whole")
  endif()
endforeach()
