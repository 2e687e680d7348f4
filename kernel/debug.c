/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a debugger asks of a thread, and whoever moves it to another machine: all its registers at once, through the
 * invoker's IPC buffer (enum register_word).
 */
#include "arch.h"
#include "invoke.h"

_Static_assert(REGISTER_WORD_other + ARCH_OTHER_REGISTERS <= MESSAGE_EXTRA, "all registers fit an IPC buffer");

static bool is_stopped(const struct thread *thread)
{
	return (thread->gate & (GATE_OF(stopped) | GATE_OF(faulted))) != 0;
}

/*
 * The message registers of a context that is not full are what the thread goes on with, once it waits no more; before that
 * they hold what the path that it came on left there, and two paths need not agree about that.
 */
enum error method_thread_read_all_registers(struct invocation *invocation)
{
	const struct thread *thread = capability_object(invocation->slot);
	const struct registers *registers = &thread->registers;
	bool full = (thread->gate & GATE_OF(full)) != 0, message = full || is_stopped(thread);
	uint64_t *word;

	if (!invocation->caller->buffer)
		return ERR_no_buffer;
	word = invocation->caller->buffer->word;
	word[REGISTER_WORD_pc] = thread->pc;
	word[REGISTER_WORD_sp] = thread->sp;
	word[REGISTER_WORD_tls] = thread->tls;
	word[REGISTER_WORD_tag] = message ? registers->tag : 0;
	word[REGISTER_WORD_badge] = message ? registers->badge : 0;
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		word[REGISTER_WORD_message + i] = message ? registers->message[i] : 0;
	for (unsigned i = 0; i < ARCH_OTHER_REGISTERS; i++)
		word[REGISTER_WORD_other + i] = full ? registers->other[i] : 0;
	invocation->result[0] = REGISTER_WORD_other + ARCH_OTHER_REGISTERS;
	return ERR_ok;
}

/* The words are read once, for another thread may write the buffer's frame on another core. */
enum error method_thread_write_all_registers(struct invocation *invocation)
{
	struct thread *thread = capability_object(invocation->slot);
	struct registers *registers = &thread->registers;
	const volatile uint64_t *word;
	uint64_t pc;

	if (!is_stopped(thread))
		return ERR_not_ready;
	if (!invocation->caller->buffer)
		return ERR_no_buffer;
	word = invocation->caller->buffer->word;
	pc = word[REGISTER_WORD_pc];
	if (!arch_pc_ok(pc))
		return ERR_bad_address;

	/* From here on nothing can fail. */
	thread->pc = pc;
	thread->sp = word[REGISTER_WORD_sp];
	thread->tls = word[REGISTER_WORD_tls];
	registers->tag = word[REGISTER_WORD_tag];
	registers->badge = word[REGISTER_WORD_badge];
	for (unsigned i = 0; i < MESSAGE_REGISTERS; i++)
		registers->message[i] = word[REGISTER_WORD_message + i];
	for (unsigned i = 0; i < ARCH_OTHER_REGISTERS; i++)
		registers->other[i] = word[REGISTER_WORD_other + i];
	arch_registers_sanitise(thread);
	gate_set(thread, GATE_OF(full));
	return ERR_ok;
}
