// Opens libTorchBridge and hands out its table; the only place that knows dlopen.
#define _GNU_SOURCE
#include "CTorch.h"

#include <dlfcn.h>
#include <stdio.h>

static _Thread_local char reason[1024];

const vt_api *vt_open(const char *path, const char **error) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *why = dlerror();
    snprintf(reason, sizeof reason, "%s", why ? why : "unknown reason");
    *error = reason;
    return NULL;
  }
  const vt_api *(*table)(size_t) = (const vt_api *(*)(size_t))dlsym(library, "vt_table");
  const vt_api *api = table ? table(sizeof(vt_api)) : NULL;
  if (!api) {
    snprintf(reason, sizeof reason, "%s belongs to another build; build again", path);
    *error = reason;
  }
  return api;
}

const char *vt_image_path(void) {
  Dl_info info;
  return dladdr((const void *)vt_image_path, &info) ? info.dli_fname : NULL;
}
