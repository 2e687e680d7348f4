/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The order of struct registers.other, for C and assembly: OTHER(index, register) for every register that is neither
 * message nor preserved by a system call.  A full context holds them; after a switch to another address space they are 0.
 */
#pragma once

#define OTHER_REGISTERS(OTHER) \
	OTHER(0, ra)   OTHER(1, gp)   OTHER(2, t0)   OTHER(3, s0)   OTHER(4, s1)   OTHER(5, s2)   OTHER(6, s3) \
	OTHER(7, s4)   OTHER(8, s5)   OTHER(9, s6)   OTHER(10, s7)  OTHER(11, s8)  OTHER(12, s9)  OTHER(13, s10) \
	OTHER(14, s11) OTHER(15, t3)  OTHER(16, t4)  OTHER(17, t5)  OTHER(18, t6)

#define OTHER_T0 2
