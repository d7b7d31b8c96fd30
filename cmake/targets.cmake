# What every target of dibs is compiled with, and how a folder becomes a target.

add_library(dibs_flags INTERFACE)
target_compile_options(dibs_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
  # g++ 12 takes the operator delete of Asio's coroutine frames for another's when it does not inline it.
  -Wno-mismatched-new-delete
  # embedded files
  $<$<CXX_COMPILER_ID:Clang>:-Wno-overlength-strings>)
if(DIBS_WERROR)
  target_compile_options(dibs_flags INTERFACE -Werror)
endif()
if(DIBS_SANITIZE)
  list(JOIN DIBS_SANITIZE "," sanitizers)
  target_compile_options(dibs_flags INTERFACE -fsanitize=${sanitizers} -fno-omit-frame-pointer)
  target_link_options(dibs_flags INTERFACE -fsanitize=${sanitizers})
  if("thread" IN_LIST DIBS_SANITIZE)
    # ThreadSanitizer does not know fences, and g++ warns of each.
    target_compile_definitions(dibs_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
    target_compile_options(dibs_flags INTERFACE -Wno-tsan)
  endif()
  if("undefined" IN_LIST DIBS_SANITIZE)
    target_compile_options(dibs_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()
target_compile_definitions(dibs_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

# For programs that mostly wait, whose build time counts for more than their speed.
add_library(dibs_quick_to_build INTERFACE)
# The warnings are false alarms of g++ 12 about std::string's operator+.
target_compile_options(dibs_quick_to_build INTERFACE $<$<CONFIG:Release>:-O1> -Wno-array-bounds -Wno-restrict
  -Wno-stringop-overflow)

# All sources of a target in one compiler run, which at least halves the time of a build from nothing.
# dibs_joined(TARGET): for a target in which no two sources use one name for two things of their own.
function(dibs_joined target)
  if(DIBS_JOIN)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
    # In a joined source g++ takes the types of an unnamed namespace for a header's.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# What most sources include, parsed once for all of src/ and once with GoogleTest for all of tests/. Sources still
# include what they use: the `debug` preset, which clang-tidy reads, builds without it.
set(dibs_common_headers <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/use_awaitable.hpp> <boost/asio/redirect_error.hpp> <boost/asio/ip/tcp.hpp> <algorithm> <chrono>
  <filesystem> <functional> <map> <memory> <optional> <string> <vector>)

# dibs_precompiled(TARGET FROM): what FROM precompiled, for TARGET.
function(dibs_precompiled target from)
  if(DIBS_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()

# dibs_library(NAME SOURCES … LINKS …): the static library dibs_NAME of the folder src/NAME.
function(dibs_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(dibs_${name} STATIC ${arg_SOURCES})
  target_include_directories(dibs_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(dibs_${name} PUBLIC dibs_flags ${arg_LINKS})
  dibs_joined(dibs_${name})
  if(NOT name STREQUAL core)
    dibs_precompiled(dibs_${name} dibs_core)
  endif()
endfunction()

# dibs_test(NAME LABEL [APART] [RUNS_DIBS] SOURCES … LINKS …): a GoogleTest program that ctest runs as a whole, so that
# its tests can share their servers. APART: its sources are not joined. RUNS_DIBS: the program is its DIBS_PROGRAM.
function(dibs_test name label)
  cmake_parse_arguments(arg "APART;RUNS_DIBS" "" "SOURCES;LINKS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  target_compile_definitions(test_${name} PRIVATE DIBS_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  target_link_libraries(test_${name} PRIVATE dibs_quick_to_build ${arg_LINKS} dibs_run_task GTest::gtest GTest::gmock GTest::gtest_main)
  dibs_precompiled(test_${name} dibs_run_task)
  if(NOT arg_APART)
    dibs_joined(test_${name})
  endif()
  if(arg_RUNS_DIBS)
    target_compile_definitions(test_${name} PRIVATE DIBS_PROGRAM="$<TARGET_FILE:dibs>")
    add_dependencies(test_${name} dibs)
  endif()
  add_test(NAME ${name} COMMAND test_${name})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 600
    ENVIRONMENT "GTEST_OUTPUT=xml:${CMAKE_BINARY_DIR}/test-results/")
endfunction()
