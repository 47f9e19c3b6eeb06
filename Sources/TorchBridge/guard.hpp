// Handles, conversions and the one place that stops C++ exceptions at the C line.
#pragma once

#include "CTorch.h"

#include <ATen/ATen.h>

#include <cstring>
#include <string>

struct vt_tensor {
  at::Tensor value;
};
struct vt_generator {
  at::Generator value;
};

namespace bridge {

inline thread_local std::string message;

/// Runs `body`; an exception becomes a status and a thread-local message.
template <class Body>
vt_status guarded(Body &&body) noexcept {
  try {
    body();
    return VT_OK;
  } catch (const c10::OutOfMemoryError &error) {
    message = error.what_without_backtrace();
    return VT_OUT_OF_MEMORY;
  } catch (const c10::Error &error) {
    message = error.what_without_backtrace();
  } catch (const std::bad_alloc &) {
    message = "not enough memory";
    return VT_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    message = error.what();
  } catch (...) {
    message = "an exception of unknown type";
  }
  return message.find("can't allocate memory") == std::string::npos ? VT_FAILED : VT_OUT_OF_MEMORY;
}

inline void put(vt_out out, at::Tensor value) { *out = new vt_tensor{std::move(value)}; }

inline std::optional<at::Tensor> maybe(const vt_tensor *tensor) {
  return tensor ? std::optional<at::Tensor>(tensor->value) : std::nullopt;
}

inline at::IntArrayRef list(const int64_t *values, int64_t count) {
  return at::IntArrayRef(values, static_cast<size_t>(count));
}

inline at::OptionalIntArrayRef dimensions(const int64_t *values, int64_t count) {
  return count ? at::OptionalIntArrayRef(list(values, count)) : at::OptionalIntArrayRef();
}

inline at::Device device(int32_t index) {
  if (index == VT_META) return at::Device(at::kMeta);
  return index < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<int8_t>(index));
}

inline at::TensorOptions options(vt_options o) {
  return at::TensorOptions().dtype(static_cast<at::ScalarType>(o.dtype)).device(device(o.device));
}

}  // namespace bridge
