# `cmake --install`: the folders that locks consist of as one static library, its headers, what find_package(dibs) and
# pkg-config read, and the program.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

add_library(dibs_installed STATIC)
foreach(folder core redis postgres locks client)
  target_sources(dibs_installed PRIVATE $<TARGET_OBJECTS:dibs_${folder}>)
endforeach()
set_target_properties(dibs_installed PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME dibs EXPORT_NAME dibs)
target_include_directories(dibs_installed INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(dibs_installed INTERFACE cxx_std_20)
# The library carries Asio compiled; a program that did not know would compile it again.
target_compile_definitions(dibs_installed INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(dibs_installed INTERFACE Threads::Threads Boost::boost Boost::url OpenSSL::SSL OpenSSL::Crypto
  PostgreSQL::PostgreSQL fmt::fmt spdlog::spdlog PkgConfig::hiredis)

add_library(dibs_installed_prometheus STATIC $<TARGET_OBJECTS:dibs_prometheus>)
set_target_properties(dibs_installed_prometheus PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME dibs_prometheus
  EXPORT_NAME prometheus)
target_link_libraries(dibs_installed_prometheus INTERFACE dibs_installed prometheus-cpp::core)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/dibs)
configure_package_config_file(cmake/dibsConfig.cmake.in dibsConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(dibsConfigVersion.cmake COMPATIBILITY SameMinorVersion)
file(RELATIVE_PATH back_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/dibs.pc.in dibs.pc @ONLY)

install(TARGETS dibs_installed dibs_installed_prometheus EXPORT dibsTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(DIRECTORY include/dibs DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(EXPORT dibsTargets NAMESPACE dibs:: DESTINATION ${package_folder} COMPONENT library)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dibsConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/dibsConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT library)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dibs.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
install(TARGETS dibs RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)

# `dibs serve` as a service, and what it needs.
configure_file(packaging/dibs.service.in dibs.service @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dibs.service DESTINATION lib/systemd/system COMPONENT program)
install(FILES packaging/dibs.sysusers DESTINATION lib/sysusers.d RENAME dibs.conf COMPONENT program)
install(FILES packaging/serve.toml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT program)
include(cmake/man_pages.cmake)
include(cmake/completions.cmake)
