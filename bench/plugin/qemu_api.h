/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The few functions of QEMU's TCG plugin interface that the plugin calls, declared by hand: Debian 12 packages no header
 * for it.  Interface documentation: QEMU manual, "TCG Plugins".  These functions are the same in interface versions 1
 * (QEMU up to 8.1) and 2 (what QEMU 9 and 10 ask for at least); the build chooses KITE_PLUGIN_API by the QEMU found.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;

typedef struct {
	const char *target_name;
	struct { int min, cur; } version;         /* of the interface: what this QEMU takes */
	bool system_emulation;
	struct { int smp_vcpus, max_vcpus; } system;
} qemu_info_t;

struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_MEM_RW };

typedef void (*translated_callback)(qemu_plugin_id_t, struct qemu_plugin_tb *);
typedef void (*executed_callback)(unsigned vcpu, void *data);
typedef void (*accessed_callback)(unsigned vcpu, qemu_plugin_meminfo_t, uint64_t address, void *data);
typedef void (*exit_callback)(qemu_plugin_id_t, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, translated_callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *, executed_callback, enum qemu_plugin_cb_flags,
                                            void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *, accessed_callback, enum qemu_plugin_cb_flags,
                                      enum qemu_plugin_mem_rw, void *data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, exit_callback, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t);
unsigned qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t);
