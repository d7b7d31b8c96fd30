# Files inside a program: dibs_embed_files(TARGET NAME FILE…) adds `NAME.hpp` to TARGET, for folder/name as NAME: there
# `dibs::folder::name` lists the files, by name. Run with `cmake -P`, this same file writes them.

set(DIBS_EMBED_FILES_FILE ${CMAKE_CURRENT_LIST_FILE})

function(dibs_embed_files target name)
  list(JOIN ARGN "," file_list)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  add_custom_command(
    OUTPUT ${generated}/${name}.hpp ${generated}/${name}.cpp
    COMMAND ${CMAKE_COMMAND} -DFILES=${file_list} -DNAME=${name} -DOUTPUT=${generated} -P ${DIBS_EMBED_FILES_FILE}
    DEPENDS ${ARGN} ${DIBS_EMBED_FILES_FILE}
    COMMENT "Embedding ${name}"
    VERBATIM)
  string(MAKE_C_IDENTIFIER "embedded_${name}" generating)
  add_custom_target(${generating} DEPENDS ${generated}/${name}.hpp)
  add_dependencies(dibs_generated ${generating})
  add_dependencies(${target} ${generating})
  target_sources(${target} PRIVATE ${generated}/${name}.hpp ${generated}/${name}.cpp)
  target_include_directories(${target} PUBLIC ${generated})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
  return()
endif()

get_filename_component(folder ${NAME} DIRECTORY)
get_filename_component(list_name ${NAME} NAME)
set(entries "")
string(REPLACE "," ";" FILES "${FILES}")
foreach(path IN LISTS FILES)
  get_filename_component(file_name ${path} NAME)
  file(READ ${path} content)
  # sv: the compiler knows the length; where it is counted in constexpr, clang gives up
  string(APPEND entries "    {\"${file_name}\", R\"embedded(${content})embedded\"sv},\n")
endforeach()
set(opening "namespace dibs::${folder} {")
set(closing "}  // namespace dibs::${folder}")
file(WRITE ${OUTPUT}/${NAME}.hpp "#pragma once\n\n#include \"core/embedded_file.hpp\"\n\n#include <span>\n\n"
  "${opening}\n\nextern const std::span<const embedded_file> ${list_name};\n\n${closing}\n")
file(WRITE ${OUTPUT}/${NAME}.cpp "#include \"${NAME}.hpp\"\n\n#include <iterator>\n\n"
  "${opening}\nnamespace {\n\nusing std::string_view_literals::operator\"\"sv;\n\n"
  "constexpr embedded_file ${list_name}_held[] = {\n${entries}};\n\n}  // namespace\n\n"
  "const std::span<const embedded_file> ${list_name}{std::data(${list_name}_held), std::size(${list_name}_held)};\n\n${closing}\n")
