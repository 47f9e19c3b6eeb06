// The C line between Swift and libtorch: one table of functions, opaque handles, no C++ in sight.
//
// The table is filled by libTorchBridge, which is opened at the first tensor operation, so that a
// command which needs no tensors never loads libtorch. Every function returns a status, writes its
// results through out-pointers and lets no exception pass; the message of a failure is thread-local
// and is read only after a failure. To add an operation: a line here, a line in
// TorchBridge/operations.cpp, a line in Tensors.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef enum { VT_OK = 0, VT_FAILED = 1, VT_OUT_OF_MEMORY = 2 } vt_status;

/// A tensor; owned by whoever received it through an out-pointer, freed with `release`.
typedef struct vt_tensor vt_tensor;
/// A source of random numbers with a state of its own.
typedef struct vt_generator vt_generator;
/// An open `inference` scope; closed on the thread that opened it.
typedef struct vt_scope vt_scope;

typedef vt_tensor *_Nullable *_Nonnull vt_out;

/// The device of tensors that have a shape and no elements.
#define VT_META (-2)

/// Element type, numbered as c10::ScalarType; device −1 is the CPU, n ≥ 0 is CUDA device n, VT_META none.
typedef struct {
  int32_t dtype;
  int32_t device;
} vt_options;

typedef struct vt_api {
  // Failures and facts
  const char *_Nonnull (*_Nonnull last_error)(void);
  const char *_Nonnull (*_Nonnull version)(void);
  vt_status (*configuration)(char *buffer, int64_t capacity);
  vt_status (*cuda_device_count)(int32_t *count);
  vt_status (*threads)(int32_t *count);
  vt_status (*set_threads)(int32_t count);
  vt_status (*matmul_self_test)(void);

  // Modes
  vt_status (*inference_begin)(vt_scope *_Nullable *_Nonnull scope);
  void (*inference_end)(vt_scope *scope);
  vt_status (*set_gradients_enabled)(bool enabled, bool *previous);

  // Life of a tensor
  void (*release)(vt_tensor *tensor);
  vt_status (*from_bytes)(const void *bytes, const int64_t *shape, int64_t rank, vt_options options,
                          vt_out out);
  /// Uninitialised memory, to be written through `data` before the tensor is shared.
  vt_status (*empty)(const int64_t *shape, int64_t rank, vt_options options, vt_out out);
  /// The elements of a dense tensor on the CPU.
  vt_status (*data)(vt_tensor *tensor, void *_Nullable *_Nonnull elements);
  vt_status (*copy_bytes)(vt_tensor *tensor, void *bytes, int64_t capacity);
  vt_status (*rank)(vt_tensor *tensor, int64_t *rank);
  vt_status (*shape)(vt_tensor *tensor, int64_t *shape);
  vt_status (*options)(vt_tensor *tensor, vt_options *options);
  vt_status (*to)(vt_tensor *tensor, vt_options options, vt_out out);
  vt_status (*full)(const int64_t *shape, int64_t rank, double value, vt_options options, vt_out out);
  vt_status (*arange)(double start, double end, double step, vt_options options, vt_out out);

  // Random numbers, always on the CPU so that a seed gives the same values everywhere
  vt_status (*generator)(uint64_t seed, vt_generator *_Nullable *_Nonnull out);
  void (*generator_release)(vt_generator *generator);
  vt_status (*uniform)(vt_generator *generator, const int64_t *shape, int64_t rank, vt_out out);
  vt_status (*normal)(vt_generator *generator, const int64_t *shape, int64_t rank, vt_out out);
  vt_status (*permutation)(vt_generator *generator, int64_t count, vt_out out);

  // Autograd
  vt_status (*requires_gradient)(vt_tensor *tensor, bool *needed);
  vt_status (*with_gradient)(vt_tensor *tensor, vt_out out);
  vt_status (*detach)(vt_tensor *tensor, vt_out out);
  vt_status (*backward)(vt_tensor *loss);
  vt_status (*gradient)(vt_tensor *tensor, vt_out out);
  /// Moves the gradient out, so that the next `backward` starts anew; zeros where there is none.
  vt_status (*take_gradient)(vt_tensor *tensor, vt_out out);

  // Optimisation, the only functions that write into tensors that others may hold
  /// A step of gradient descent with momentum; the momenta are tensors of zeros before the first step.
  vt_status (*sgd_step)(vt_tensor *const _Nonnull *_Nonnull parameters,
                        vt_tensor *const _Nonnull *_Nonnull gradients,
                        vt_tensor *const _Nonnull *_Nonnull momenta, int64_t count, double rate,
                        double momentum, double weight_decay, bool nesterov);
  /// The step number `step` (from 1) of Adam with decoupled weight decay.
  vt_status (*adamw_step)(vt_tensor *const _Nonnull *_Nonnull parameters,
                          vt_tensor *const _Nonnull *_Nonnull gradients,
                          vt_tensor *const _Nonnull *_Nonnull means,
                          vt_tensor *const _Nonnull *_Nonnull squares, int64_t count, int64_t step,
                          double rate, double beta1, double beta2, double epsilon,
                          double weight_decay);
  /// Scales all gradients so that their common norm is at most `limit`; gives the norm before.
  vt_status (*clip_gradients)(vt_tensor *const _Nonnull *_Nonnull gradients, int64_t count,
                              double limit, double *norm);
  /// targets += share · (sources − targets)
  vt_status (*approach)(vt_tensor *const _Nonnull *_Nonnull targets,
                        vt_tensor *const _Nonnull *_Nonnull sources, int64_t count, double share);

  // Elementwise
  vt_status (*add)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*subtract)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*multiply)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*divide)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*add_scalar)(vt_tensor *a, double b, vt_out out);
  vt_status (*multiply_scalar)(vt_tensor *a, double b, vt_out out);
  vt_status (*power)(vt_tensor *a, double exponent, vt_out out);
  vt_status (*maximum)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*minimum)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*clamp)(vt_tensor *a, double low, double high, vt_out out);
  vt_status (*equal)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*less)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*greater_scalar)(vt_tensor *a, double b, vt_out out);
  vt_status (*where)(vt_tensor *condition, vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*negative)(vt_tensor *a, vt_out out);
  vt_status (*absolute)(vt_tensor *a, vt_out out);
  vt_status (*exponential)(vt_tensor *a, vt_out out);
  vt_status (*logarithm)(vt_tensor *a, vt_out out);
  vt_status (*square_root)(vt_tensor *a, vt_out out);
  vt_status (*sine)(vt_tensor *a, vt_out out);
  vt_status (*cosine)(vt_tensor *a, vt_out out);
  vt_status (*round)(vt_tensor *a, vt_out out);

  // Activations
  vt_status (*relu)(vt_tensor *a, vt_out out);
  vt_status (*leaky_relu)(vt_tensor *a, double slope, vt_out out);
  vt_status (*elu)(vt_tensor *a, double alpha, vt_out out);
  vt_status (*gelu)(vt_tensor *a, bool tanh_approximation, vt_out out);
  vt_status (*silu)(vt_tensor *a, vt_out out);
  vt_status (*sigmoid)(vt_tensor *a, vt_out out);
  vt_status (*hyperbolic_tangent)(vt_tensor *a, vt_out out);
  vt_status (*softmax)(vt_tensor *a, int64_t dimension, vt_out out);
  vt_status (*log_softmax)(vt_tensor *a, int64_t dimension, vt_out out);
  vt_status (*dropout)(vt_tensor *a, double probability, vt_generator *generator, vt_out out);

  // Reductions; no dimensions means all of them
  vt_status (*sum)(vt_tensor *a, const int64_t *dims, int64_t count, bool keep, vt_out out);
  vt_status (*mean)(vt_tensor *a, const int64_t *dims, int64_t count, bool keep, vt_out out);
  vt_status (*variance)(vt_tensor *a, const int64_t *dims, int64_t count, bool unbiased, bool keep,
                        vt_out out);
  vt_status (*largest)(vt_tensor *a, const int64_t *dims, int64_t count, bool keep, vt_out out);
  vt_status (*smallest)(vt_tensor *a, const int64_t *dims, int64_t count, bool keep, vt_out out);
  vt_status (*argmax)(vt_tensor *a, int64_t dimension, bool keep, vt_out out);
  vt_status (*sort)(vt_tensor *a, int64_t dimension, bool descending, vt_out values, vt_out indices);

  // Shape
  vt_status (*reshape)(vt_tensor *a, const int64_t *shape, int64_t rank, vt_out out);
  vt_status (*permute)(vt_tensor *a, const int64_t *dims, int64_t rank, vt_out out);
  vt_status (*expand)(vt_tensor *a, const int64_t *shape, int64_t rank, vt_out out);
  vt_status (*squeeze)(vt_tensor *a, int64_t dimension, vt_out out);
  vt_status (*unsqueeze)(vt_tensor *a, int64_t dimension, vt_out out);
  vt_status (*slice)(vt_tensor *a, int64_t dimension, int64_t start, int64_t end, int64_t step,
                     vt_out out);
  vt_status (*index_select)(vt_tensor *a, int64_t dimension, vt_tensor *indices, vt_out out);
  vt_status (*gather)(vt_tensor *a, int64_t dimension, vt_tensor *indices, vt_out out);
  vt_status (*concatenate)(vt_tensor *const _Nonnull *_Nonnull tensors, int64_t count,
                           int64_t dimension, vt_out out);
  vt_status (*stack)(vt_tensor *const _Nonnull *_Nonnull tensors, int64_t count, int64_t dimension,
                     vt_out out);
  vt_status (*flip)(vt_tensor *a, const int64_t *dims, int64_t count, vt_out out);
  vt_status (*roll)(vt_tensor *a, const int64_t *shifts, const int64_t *dims, int64_t count,
                    vt_out out);
  vt_status (*pad)(vt_tensor *a, const int64_t *amounts, int64_t count, int32_t mode, double value,
                   vt_out out);
  vt_status (*contiguous)(vt_tensor *a, vt_out out);
  /// Channels innermost in memory, for images and volumes; the order of the axes stays.
  vt_status (*channels_last)(vt_tensor *a, vt_out out);

  // Linear algebra
  vt_status (*matmul)(vt_tensor *a, vt_tensor *b, vt_out out);
  vt_status (*linear)(vt_tensor *x, vt_tensor *weight, vt_tensor *_Nullable bias, vt_out out);
  vt_status (*attention)(vt_tensor *q, vt_tensor *k, vt_tensor *v, vt_tensor *_Nullable mask,
                         double scale, vt_out out);

  // Networks; `count` is the number of spatial dimensions
  vt_status (*convolution)(vt_tensor *x, vt_tensor *weight, vt_tensor *_Nullable bias,
                           const int64_t *stride, const int64_t *padding, const int64_t *dilation,
                           int64_t count, int64_t groups, vt_out out);
  vt_status (*transposed_convolution)(vt_tensor *x, vt_tensor *weight, vt_tensor *_Nullable bias,
                                      const int64_t *stride, const int64_t *padding,
                                      const int64_t *output_padding, int64_t count, int64_t groups,
                                      vt_out out);
  vt_status (*max_pool)(vt_tensor *x, const int64_t *kernel, const int64_t *stride,
                        const int64_t *padding, int64_t count, vt_out out);
  vt_status (*average_pool)(vt_tensor *x, const int64_t *kernel, const int64_t *stride,
                            const int64_t *padding, int64_t count, vt_out out);
  vt_status (*batch_norm)(vt_tensor *x, vt_tensor *_Nullable weight, vt_tensor *_Nullable bias,
                          vt_tensor *mean, vt_tensor *variance, bool training, double momentum,
                          double epsilon, vt_out out);
  vt_status (*layer_norm)(vt_tensor *x, const int64_t *shape, int64_t rank,
                          vt_tensor *_Nullable weight, vt_tensor *_Nullable bias, double epsilon,
                          vt_out out);
  vt_status (*group_norm)(vt_tensor *x, int64_t groups, vt_tensor *_Nullable weight,
                          vt_tensor *_Nullable bias, double epsilon, vt_out out);
  vt_status (*resize)(vt_tensor *x, const int64_t *size, int64_t count, int32_t mode,
                      bool align_corners, bool antialias, vt_out out);
  vt_status (*embedding)(vt_tensor *table, vt_tensor *indices, vt_out out);
} vt_api;

/// Opens the bridge at `path` once and returns its table, or null with the reason in `*error`.
/// The reason is a static thread-local string. Safe to call from any thread.
const vt_api *_Nullable vt_open(const char *path, const char *_Nullable *_Nonnull error);

/// The folder of the executable or library that contains this function, or null.
const char *_Nullable vt_image_path(void);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
#endif
