# What a package has and an installation by hand does not, in the folder that is about to be packed:
# compressed pages, and for Debian a changelog and a copyright file by its policy (12.5, 12.7), what
# lintian is to leave alone, and the folder in which its zsh looks for packages' completions
# (README.Debian of zsh); all others look in site-functions.
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
  if(EXISTS ${root}/usr/share/zsh/site-functions)
    file(RENAME ${root}/usr/share/zsh/site-functions ${root}/usr/share/zsh/vendor-completions)
  endif()
endif()
foreach(page ${pages})
  execute_process(COMMAND gzip -9nf ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
