// The one symbol that libTorchBridge exports.
#ifndef TORCH_BRIDGE_H
#define TORCH_BRIDGE_H

#ifdef __cplusplus
extern "C" {
#endif

struct vt_api;

/// The table of operations, or null when `abi_version` is not the one this bridge was built with.
const struct vt_api *vt_table(int abi_version);

#ifdef __cplusplus
}
#endif
#endif
