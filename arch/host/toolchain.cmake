# SPDX-License-Identifier: BSD-2-Clause
# The machine that builds: unit tests of the portable kernel, and the QEMU plugin.
find_program(KITE_CLANG NAMES clang-19 clang REQUIRED)
find_program(KITE_CLANGXX NAMES clang++-19 clang++ REQUIRED)
set(CMAKE_C_COMPILER ${KITE_CLANG})
set(CMAKE_CXX_COMPILER ${KITE_CLANGXX})
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")                # the sanitizers are slow enough as it is
