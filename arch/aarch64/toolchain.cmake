# SPDX-License-Identifier: BSD-2-Clause
# clang and lld build for aarch64: one toolchain for all machines.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(triple aarch64-unknown-none-elf)
include(${CMAKE_CURRENT_LIST_DIR}/../clang.cmake)
