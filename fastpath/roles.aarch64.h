/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Register roles of the fast paths: the same names on every architecture.  Input, and untouched until commit: the tag,
 * the capability address (BADGE), eight message words: x0 to x9.  The paths touch only x10 to x17 besides; "resume"
 * clears those, "clear" the rest.
 */
#pragma once
#include "constants.h"
#include "offsets.h"
#include "registers.aarch64.h"

#define CURRENT    sp           /* struct thread *      who made the system call: SP_EL1        */
#define SLOT       x10          /* struct capability *  the slot that the address names         */
#define SLOT_BADGE x11          /* uint64_t             its badge                               */
#define ENDPOINT   x12          /* uint64_t             the slot's object word: endpoint + kind */
#define NOTIFICATION x12        /* uint64_t             signal, wait: the same: notification + kind */
#define HANDLER    x12          /* uint64_t             acknowledge: the same: handler + kind   */
#define KEPT       x19          /* struct thread *      acknowledge: who called, while C runs   */
#define RECEIVER   x13          /* struct thread *      call: who waits at the endpoint         */
#define CALLER     x13          /* struct thread *      reply_recv: who waits for the answer    */
#define TLS        x14          /* uint64_t             TPIDR_EL0, the old one and the new      */
#define LIMIT      x15          /* uint64_t             core.limit; then the other space        */
#define NEXT       x16          /* struct thread *      call: who waits behind the receiver     */
#define NOWHERE    x16          /* struct thread *      NOBODY (reply_recv)                     */
#define TEMP       x17
#define TEMP_W     w17
#define BADGE      ABI_BADGE    /* uint64_t             in: capability address; out: badge      */

/* A member of the endpoint, from the object word. */
#define OF_ENDPOINT(member) (member - KIND_ENDPOINT)
#define OF_NOTIFICATION(member) (member - KIND_NOTIFICATION)
#define OF_HANDLER(member) (member - KIND_IRQ_HANDLER)
