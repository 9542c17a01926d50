/* SPDX-License-Identifier: GPL-2.0-only */
/* linux/mm.h for older kernels - vm_flags_mod() is there since 6.3 */
#ifndef BULLY_COMPAT_LINUX_MM_H
#define BULLY_COMPAT_LINUX_MM_H

#include_next <linux/mm.h>

#ifndef BULLY_HAS_VM_FLAGS_MOD

static inline void vm_flags_mod(struct vm_area_struct *vma, vm_flags_t set, vm_flags_t clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}

#endif

#endif /* BULLY_COMPAT_LINUX_MM_H */
