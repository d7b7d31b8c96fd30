# Lua scripts inside the program: every DIRECTORY/*.lua becomes `extern const script NAME` of dibs::redis::scripts.
#
# dibs_embed_scripts(TARGET DIRECTORY [PRELUDE FILE]) adds redis/scripts.hpp and its source to TARGET; PRELUDE is a
# file of the same folder that stands before each of the others and is no script itself. They are made anew when a
# script changes, appears or goes. Run with `cmake -P`, this same file writes them.

set(DIBS_EMBED_FILE ${CMAKE_CURRENT_LIST_FILE})

function(dibs_embed_scripts target directory)
  cmake_parse_arguments(arg "" "PRELUDE" "" ${ARGN})
  file(GLOB scripts CONFIGURE_DEPENDS ${directory}/*.lua)
  list(JOIN scripts "," script_list)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  add_custom_command(
    OUTPUT ${generated}/redis/scripts.hpp ${generated}/redis/scripts.cpp
    COMMAND ${CMAKE_COMMAND} -DSCRIPTS=${script_list} -DPRELUDE=${arg_PRELUDE} -DOUTPUT=${generated}/redis
            -P ${DIBS_EMBED_FILE}
    # the list of scripts is part of the command, so that ninja sees one go
    DEPENDS ${scripts} ${DIBS_EMBED_FILE}
    COMMENT "Embedding the Lua scripts"
    VERBATIM)
  add_custom_target(embedded_scripts DEPENDS ${generated}/redis/scripts.hpp)
  add_dependencies(dibs_generated embedded_scripts)
  add_dependencies(${target} embedded_scripts)
  target_sources(${target} PRIVATE ${generated}/redis/scripts.hpp ${generated}/redis/scripts.cpp)
  target_include_directories(${target} PUBLIC ${generated})
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
  return()
endif()

set(prelude "")
set(declarations "")
set(definitions "")
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
foreach(path IN LISTS SCRIPTS)
  get_filename_component(file_name ${path} NAME)
  if(PRELUDE AND file_name STREQUAL PRELUDE)
    file(READ ${path} prelude)
  endif()
endforeach()
foreach(path IN LISTS SCRIPTS)
  get_filename_component(file_name ${path} NAME)
  get_filename_component(name ${path} NAME_WE)
  if(PRELUDE AND file_name STREQUAL PRELUDE)
    continue()
  endif()
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "${path}: the name of a script must be a C++ name in lower case")
  endif()
  file(READ ${path} source)
  string(APPEND declarations "extern const script ${name};\n")
  string(APPEND definitions "const script ${name}(\"${name}\", R\"lua(${prelude}${source})lua\");\n")
endforeach()
set(opening "namespace dibs::redis::scripts {")
set(closing "}  // namespace dibs::redis::scripts")
file(WRITE ${OUTPUT}/scripts.hpp
  "#pragma once\n\n#include \"redis/script.hpp\"\n\n${opening}\n\n${declarations}\n${closing}\n")
file(WRITE ${OUTPUT}/scripts.cpp
  "#include \"redis/scripts.hpp\"\n\n${opening}\n\n${definitions}\n${closing}\n")
