# SPDX-License-Identifier: BSD-2-Clause
# clang and lld build for riscv64: one toolchain for all machines.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv64)
set(triple riscv64-unknown-none-elf)
include(${CMAKE_CURRENT_LIST_DIR}/../clang.cmake)
