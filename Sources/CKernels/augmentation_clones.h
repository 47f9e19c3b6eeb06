// Loops compiled for several vector widths of which the loader picks one; without fused or reordered
// sums, so that all of them give the same values.
#ifndef AUGMENTATION_CLONES_H
#define AUGMENTATION_CLONES_H

#if defined(__x86_64__) && defined(__ELF__)
#define VK_CLONES __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define VK_CLONES
#endif

#define VK_INLINE static inline __attribute__((always_inline))

#endif
