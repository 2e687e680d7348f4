# SPDX-License-Identifier: BSD-2-Clause
# clang and lld build for x86_64: one toolchain for all machines.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triple x86_64-unknown-none-elf)
include(${CMAKE_CURRENT_LIST_DIR}/../clang.cmake)
