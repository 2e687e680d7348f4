# SPDX-License-Identifier: BSD-2-Clause
# clang and lld build for x86_64: one toolchain for all machines.  The triple says linux only because clang would call
# gcc to link for x86_64-unknown-none-elf; nothing of Linux is used.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(triple x86_64-unknown-linux-gnu)
include(${CMAKE_CURRENT_LIST_DIR}/../clang.cmake)
