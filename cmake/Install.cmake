# What `cmake --install` puts where, and the packages that CPack makes of it.
include(GNUInstallDirs)

set(PASSCHECK_BASH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  CACHE STRING "folder of completions for bash")
set(PASSCHECK_ZSH_COMPLETIONS ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions
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

file(GLOB DOCUMENTS CONFIGURE_DEPENDS docs/*.md docs/*.schema.json)
install(FILES README.md ${DOCUMENTS} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# Installed and not enabled: `systemctl enable --now passcheck.timer` is the operator's word.
install(FILES systemd/passcheck.service systemd/passcheck.timer DESTINATION lib/systemd/system)
install(DIRECTORY sql DESTINATION ${CMAKE_INSTALL_DATADIR}/passcheck)
install(FILES prometheus/alerts.yml prometheus/dashboard.json
  DESTINATION ${CMAKE_INSTALL_DATADIR}/passcheck/prometheus)

set(PASSCHECK_CONTACT "passcheck <root@localhost>" CACHE STRING "who maintains packages built here")
set(CPACK_GENERATOR DEB RPM)
set(CPACK_PACKAGE_CONTACT "${PASSCHECK_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "audit whether a host can give PCI devices to virtual machines")
set(CPACK_PACKAGE_DESCRIPTION
"passcheck tells which PCI functions of this host can be given to a guest
with VFIO, whole or as virtual functions of SR-IOV; if one cannot, what blocks
it, how that is known, and the smallest change that helps. It changes nothing
on the host.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS pci.ids)

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE GPL-2.0-or-later)
set(CPACK_RPM_PACKAGE_AUTOREQ ON)
include(CPack)
