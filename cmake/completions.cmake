# Completion for shells, written by the program itself and installed where the shells look for it.
set(completions ${CMAKE_BINARY_DIR}/completions)
set(completion_files ${completions}/dibs ${completions}/_dibs ${completions}/dibs.fish)
add_custom_command(
  OUTPUT ${completion_files}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
  COMMAND dibs completion bash > ${completions}/dibs
  COMMAND dibs completion zsh > ${completions}/_dibs
  COMMAND dibs completion fish > ${completions}/dibs.fish
  DEPENDS dibs
  COMMENT "Writing shell completion"
  VERBATIM)
add_custom_target(completions ALL DEPENDS ${completion_files})
install(FILES ${completions}/dibs DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${completions}/_dibs DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT program)
install(FILES ${completions}/dibs.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
