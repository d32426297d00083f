# What a package has and an installation by hand does not, in the folder that is about to be packed:
# compressed pages, and for Debian a changelog and a copyright file by its policy (12.5, 12.7), and
# what lintian is to leave alone.
cmake_policy(VERSION 3.25)
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
file(GLOB_RECURSE pages ${root}/usr/share/man/*.[157])
set(documents ${root}/usr/share/doc/passcheck)

if(CPACK_GENERATOR STREQUAL "DEB")
  configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright ${documents}/copyright COPYONLY)
  string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
  file(WRITE ${documents}/changelog "${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * What changed is told in changelog.md.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
  list(APPEND pages ${documents}/changelog)
  # The tree that is read may be another machine's, of which dpkg-query knows nothing.
  file(WRITE ${root}/usr/share/lintian/overrides/passcheck
    "passcheck: uses-dpkg-database-directly [usr/bin/passcheck]\n")
endif()
foreach(page ${pages})
  execute_process(COMMAND gzip -9nf ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
