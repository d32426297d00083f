# passcheck_registry(OUT KIND HEADER SOURCE...)
#
# Writes a C file that lists one `const struct KIND` for each SOURCE, sorted by name, as
# `KIND_registry` and `KIND_registry_count`, and puts its path in OUT. The file a-b.c, in whichever
# folder, must define the symbol KIND_a_b: a wrong name fails at link, by name.
function(passcheck_registry out kind header)
  set(declarations "")
  set(entries "")
  list(LENGTH ARGN count)
  set(names "")
  foreach(source ${ARGN})
    get_filename_component(name ${source} NAME)
    list(APPEND names ${name})
  endforeach()
  list(SORT names)
  foreach(source ${names})
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "-" "_" symbol "${kind}_${name}")
    string(APPEND declarations "extern const struct ${kind} ${symbol};\n")
    string(APPEND entries "\t&${symbol},\n")
  endforeach()
  set(file ${CMAKE_BINARY_DIR}/generated/${kind}_registry.c)
  file(CONFIGURE OUTPUT ${file} CONTENT
"#include \"${header}\"

${declarations}
const struct ${kind} *const ${kind}_registry[] = {
${entries}};

const size_t ${kind}_registry_count = ${count};
" @ONLY)
  set(${out} ${file} PARENT_SCOPE)
endfunction()
