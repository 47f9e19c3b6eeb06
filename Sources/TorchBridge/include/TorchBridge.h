// The one symbol that libTorchBridge exports.
#ifndef TORCH_BRIDGE_H
#define TORCH_BRIDGE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vt_api;

/// The table of operations, or null when the caller's table has another size: it was built from
/// another header.
const struct vt_api *vt_table(size_t size);

#ifdef __cplusplus
}
#endif
#endif
