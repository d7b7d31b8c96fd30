# Manual pages of what the program's own --help says, so that they cannot differ: dibs(1) and dibs-SUBCOMMAND(1), where
# help2man is installed. Run with `cmake -P`, this same file writes them.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  find_program(DIBS_HELP2MAN help2man)
  if(NOT DIBS_HELP2MAN)
    message(STATUS "Without manual pages: help2man is not installed")
    return()
  endif()
  set(man_pages ${CMAKE_BINARY_DIR}/man)
  add_custom_command(
    OUTPUT ${man_pages}/dibs.1
    COMMAND ${CMAKE_COMMAND} -DHELP2MAN=${DIBS_HELP2MAN} -DPROGRAM=$<TARGET_FILE:dibs> -DVERSION=${PROJECT_VERSION}
      -DOUTPUT=${man_pages} -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS dibs ${CMAKE_CURRENT_LIST_FILE}
    COMMENT "Writing manual pages"
    VERBATIM)
  add_custom_target(man ALL DEPENDS ${man_pages}/dibs.1)
  install(DIRECTORY ${man_pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
  return()
endif()

# write_page(NAME SUMMARY OPTION): OPTION is what makes the program print its help.
function(write_page name summary option)
  execute_process(
    COMMAND ${HELP2MAN} --no-info --version-string=${VERSION} --name=${summary} --help-option=${option} ${PROGRAM}
    OUTPUT_VARIABLE page COMMAND_ERROR_IS_FATAL ANY)
  # help2man knows the program's name alone.
  string(TOUPPER ${name} title)
  string(REPLACE ".TH DIBS " ".TH ${title} " page "${page}")
  string(REPLACE "\ndibs \\- " "\n${name} \\- " page "${page}")
  file(WRITE ${OUTPUT}/${name}.1 "${page}")
endfunction()

file(REMOVE_RECURSE ${OUTPUT})
execute_process(COMMAND ${PROGRAM} --help OUTPUT_VARIABLE help COMMAND_ERROR_IS_FATAL ANY)
string(REGEX REPLACE ".*\nSubcommands:\n" "" subcommands "${help}")
string(REGEX MATCHALL "  [a-z]+ +[^\n]+" subcommands "${subcommands}")
foreach(line IN LISTS subcommands)
  string(REGEX REPLACE "^  ([a-z]+) +(.*)$" "\\1" subcommand "${line}")
  string(REGEX REPLACE "^  ([a-z]+) +(.*)$" "\\2" summary "${line}")
  write_page(dibs-${subcommand} "${summary}" "${subcommand} --help")
endforeach()
write_page(dibs "distributed locks on Redis and PostgreSQL, and the proof that they hold" "--help")
