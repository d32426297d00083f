# What `cmake --install` puts where, and the packages that CPack makes of it.
include(GNUInstallDirs)

set(PASSCHECK_BASH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  CACHE STRING "folder of completions for bash")
set(PASSCHECK_ZSH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
  CACHE STRING "folder of completions for zsh")
set(PASSCHECK_FISH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
  CACHE STRING "folder of completions for fish")

install(TARGETS passcheck RUNTIME)
foreach(section 1 5 7)
  file(GLOB PAGES CONFIGURE_DEPENDS docs/man/*.${section})
  install(FILES ${PAGES} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()

install(FILES completions/passcheck.bash DESTINATION ${PASSCHECK_BASH_COMPLETIONS} RENAME passcheck)
install(FILES completions/_passcheck DESTINATION ${PASSCHECK_ZSH_COMPLETIONS})
install(FILES completions/passcheck.fish DESTINATION ${PASSCHECK_FISH_COMPLETIONS})

file(GLOB DOCUMENTS CONFIGURE_DEPENDS docs/*.md docs/*.json docs/*.png)
install(FILES README.md ${DOCUMENTS} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# Installed and not enabled: `systemctl enable --now passcheck.timer` is the operator's word.
install(FILES systemd/passcheck.service systemd/passcheck.timer DESTINATION lib/systemd/system)
install(DIRECTORY sql DESTINATION ${CMAKE_INSTALL_DATADIR}/passcheck)
install(FILES kubernetes/daemonset.yaml DESTINATION ${CMAKE_INSTALL_DATADIR}/passcheck/kubernetes)
install(FILES prometheus/alerts.yml prometheus/dashboard.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/passcheck/prometheus)

# Who committed last answers for what is built here, unless the builder says who does.
if(GIT_FOUND AND EXISTS ${CMAKE_SOURCE_DIR}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} -c safe.directory=${CMAKE_SOURCE_DIR} log -1 "--format=%cn <%ce>"
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    OUTPUT_VARIABLE MAINTAINERS OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT MAINTAINERS)
  set(MAINTAINERS "passcheck contributors <root@localhost>")
endif()
set(PASSCHECK_CONTACT "${MAINTAINERS}" CACHE STRING "who maintains packages built here")

# Packages of the kinds that this machine has tools for; an archive where it has none.
set(CPACK_GENERATOR "")
find_program(PASSCHECK_DPKG dpkg-deb)
find_program(PASSCHECK_RPMBUILD rpmbuild)
if(PASSCHECK_DPKG)
  list(APPEND CPACK_GENERATOR DEB)
endif()
if(PASSCHECK_RPMBUILD)
  list(APPEND CPACK_GENERATOR RPM)
endif()
if(NOT CPACK_GENERATOR)
  set(CPACK_GENERATOR TGZ)
endif()
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/cmake/package/tools.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/package/files.cmake)
set(CPACK_PACKAGE_CONTACT "${PASSCHECK_CONTACT}")
set(CPACK_PACKAGE_HOMEPAGE_URL ${PROJECT_HOMEPAGE_URL})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "audit whether a host can assign PCI devices to virtual machines")
set(CPACK_PACKAGE_DESCRIPTION
"passcheck tells which PCI functions of this host can be assigned to a guest
with VFIO, whole or as virtual functions of SR-IOV; if one cannot, what blocks
it, how that is known, and the smallest change that helps. It changes nothing
on the host.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS pci.ids)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_SUMMARY "Audit whether a host can assign PCI devices to virtual machines")
set(CPACK_RPM_PACKAGE_DESCRIPTION "${CPACK_PACKAGE_DESCRIPTION}")
# CPack knows Recommends from CMake 4.1 on.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define packager ${PASSCHECK_CONTACT}\nRecommends: hwdata")
set(CPACK_RPM_PACKAGE_LICENSE GPL-2.0-or-later)
set(CPACK_RPM_PACKAGE_GROUP "System Environment/Base")
set(CPACK_RPM_PACKAGE_AUTOREQ ON)
# Folders of other packages.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
  /usr/lib/systemd /usr/lib/systemd/system /usr/share/man /usr/share/man/man1 /usr/share/man/man5
  /usr/share/man/man7 /usr/share/bash-completion /usr/share/bash-completion/completions
  /usr/share/zsh /usr/share/zsh/site-functions /usr/share/fish
  /usr/share/fish/vendor_completions.d)
include(CPack)
