/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The fast paths once more, for machines whose satp holds no ASID: after satp is loaded, the TLB is flushed.  Which of the
 * two is used is decided at boot by stvec (boot.c), so that machines with ASIDs pay nothing for it.  Their labels are
 * untagged_call.* and untagged_reply_recv.*.
 */
#define SPACE_LOADED sfence.vma                         // no tag tells the spaces' translations apart
#define call         untagged_call
#define reply_recv   untagged_reply_recv
#include "call.riscv64.S"
#include "reply_recv.riscv64.S"
