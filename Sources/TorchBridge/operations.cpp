// libtorch behind the C table: every entry is one line that calls one operation of ATen.

#include "TorchBridge.h"
#include "guard.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <cmath>

struct vt_scope {
  c10::InferenceMode mode;
};

namespace {

using namespace bridge;

at::Tensor reduced(at::Tensor (*reduce)(const at::Tensor &, at::IntArrayRef, bool),
                   const at::Tensor &a, const int64_t *dims, int64_t count, bool keep) {
  std::vector<int64_t> all(static_cast<size_t>(a.dim()));
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i);
  return reduce(a, count ? list(dims, count) : at::IntArrayRef(all), keep);
}

std::vector<at::Tensor> gathered(vt_tensor *const *tensors, int64_t count) {
  std::vector<at::Tensor> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(tensors[i]->value);
  return values;
}

/// Gradients in the memory layout of their parameters, which fused steps take for granted.
std::vector<at::Tensor> laid_out_like(const std::vector<at::Tensor> &parameters,
                                      vt_tensor *const *gradients) {
  std::vector<at::Tensor> result;
  for (size_t i = 0; i < parameters.size(); ++i) {
    const auto &gradient = gradients[i]->value;
    result.push_back(gradient.strides() == parameters[i].strides()
                         ? gradient
                         : at::empty_like(parameters[i]).copy_(gradient));
  }
  return result;
}

at::Tensor resized(const at::Tensor &x, at::IntArrayRef size, int32_t mode, bool align,
                   bool antialias) {
  const bool volume = size.size() == 3;
  switch (mode) {
    case 0: return volume ? at::upsample_nearest3d(x, size) : at::upsample_nearest2d(x, size);
    case 1:
      if (volume) return at::upsample_trilinear3d(x, size, align);
      return antialias ? at::_upsample_bilinear2d_aa(x, size, align)
                       : at::upsample_bilinear2d(x, size, align);
    case 2:
      TORCH_CHECK(!volume, "cubic resizing is two-dimensional");
      return antialias ? at::_upsample_bicubic2d_aa(x, size, align)
                       : at::upsample_bicubic2d(x, size, align);
    default: TORCH_CHECK(false, "unknown resize mode ", mode);
  }
}

/// What `compute` makes of `x`, whose shape it keeps; for tensors without elements, of which libtorch's own
/// kernels do not know all, the shape alone.
template <typename Compute> at::Tensor alike(const at::Tensor &x, Compute compute) {
  return x.is_meta() ? at::empty_like(x) : compute();
}

/// A convolution of tensors without elements, for which libtorch has no kernel in C++: the shape alone.
at::Tensor convolved_shape(const at::Tensor &x, const at::Tensor &weight, at::IntArrayRef stride,
                           at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                           at::IntArrayRef output_padding, int64_t groups) {
  const auto spatial = static_cast<int64_t>(stride.size());
  TORCH_CHECK(x.dim() == spatial + 2 && weight.dim() == spatial + 2 &&
                  weight.size(transposed ? 0 : 1) * (transposed ? 1 : groups) == x.size(1),
              "a weight ", weight.sizes(), " does not fit an input ", x.sizes());
  std::vector<int64_t> shape{x.size(0), transposed ? weight.size(1) * groups : weight.size(0)};
  for (int64_t i = 0; i < spatial; ++i) {
    const auto axis = static_cast<size_t>(i);
    const int64_t size = x.size(i + 2), reach = dilation[axis] * (weight.size(i + 2) - 1);
    shape.push_back(transposed ? (size - 1) * stride[axis] - 2 * padding[axis] + reach +
                                     output_padding[axis] + 1
                               : (size + 2 * padding[axis] - reach - 1) / stride[axis] + 1);
  }
  return at::empty(shape, x.options());
}

at::Tensor convolved(const at::Tensor &x, const at::Tensor &weight,
                     const std::optional<at::Tensor> &bias, at::IntArrayRef stride,
                     at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                     at::IntArrayRef output_padding, int64_t groups) {
  if (x.is_meta())
    return convolved_shape(x, weight, stride, padding, dilation, transposed, output_padding, groups);
  return at::convolution(x, weight, bias, stride, padding, dilation, transposed, output_padding,
                         groups);
}

at::Tensor averaged(const at::Tensor &x, at::IntArrayRef kernel, at::IntArrayRef stride,
                    at::IntArrayRef padding) {
  return kernel.size() == 3 ? at::avg_pool3d(x, kernel, stride, padding)
                            : at::avg_pool2d(x, kernel, stride, padding);
}

at::Tensor pooled(const at::Tensor &x, at::IntArrayRef kernel, at::IntArrayRef stride,
                  at::IntArrayRef padding) {
  return kernel.size() == 3 ? at::max_pool3d(x, kernel, stride, padding)
                            : at::max_pool2d(x, kernel, stride, padding);
}

// A small product in reduced precision: where oneDNN meets an AMX unit that it misreads, this dies.
void reduced_precision_product() {
  const auto a = at::ones({64, 64}, at::kBFloat16);
  const auto product = at::matmul(a, a).to(at::kFloat);
  TORCH_CHECK(product.eq(64).all().item<bool>(), "a bfloat16 product is wrong");
}

// NOLINTBEGIN: designated initialisers keep the order of vt_api.
#define PUT(expression) \
  { return guarded([&] { put(out, expression); }); }
#define UNARY(name, function) \
  .name = [](vt_tensor *a, vt_out out) PUT(function(a->value))
#define BINARY(name, function) \
  .name = [](vt_tensor *a, vt_tensor *b, vt_out out) PUT(function(a->value, b->value))
#define REDUCTION(name, function)                                                             \
  .name = [](vt_tensor *a, const int64_t *dims, int64_t count, bool keep, vt_out out) PUT( \
      reduced([](const at::Tensor &x, at::IntArrayRef d, bool k) { return function(x, d, k); }, \
              a->value, dims, count, keep))

const vt_api table = {
    .last_error = [] { return message.c_str(); },
    .version = [] { return TORCH_VERSION; },
    .configuration = [](char *buffer, int64_t capacity) {
      return guarded([&] {
        const auto text = at::show_config();
        std::strncpy(buffer, text.c_str(), static_cast<size_t>(capacity));
        buffer[capacity - 1] = 0;
      });
    },
    .cuda_device_count = [](int32_t *count) {
      return guarded([&] {
        *count = at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().deviceCount()) : 0;
      });
    },
    .threads = [](int32_t *count) { return guarded([&] { *count = at::get_num_threads(); }); },
    .set_threads = [](int32_t count) { return guarded([&] { at::set_num_threads(count); }); },
    .matmul_self_test = [] { return guarded(reduced_precision_product); },

    .inference_begin = [](vt_scope **scope) { return guarded([&] { *scope = new vt_scope{}; }); },
    .inference_end = [](vt_scope *scope) { delete scope; },
    .set_gradients_enabled = [](bool enabled, bool *previous) {
      return guarded([&] {
        *previous = at::GradMode::is_enabled();
        at::GradMode::set_enabled(enabled);
      });
    },

    .release = [](vt_tensor *tensor) { delete tensor; },
    .from_bytes = [](const void *bytes, const int64_t *shape, int64_t rank, vt_options o,
                     vt_out out) {
      return guarded([&] {
        auto value = at::empty(list(shape, rank), options({o.dtype, -1}));
        std::memcpy(value.data_ptr(), bytes, value.nbytes());
        put(out, value.to(device(o.device)));
      });
    },
    .empty = [](const int64_t *shape, int64_t rank, vt_options o, vt_out out) PUT(
        at::empty(list(shape, rank), options(o))),
    .data = [](vt_tensor *tensor, void **elements) {
      return guarded([&] {
        const auto &value = tensor->value;
        TORCH_CHECK(value.is_cpu() && value.is_contiguous(), "the tensor is not dense on the CPU");
        *elements = value.data_ptr();
      });
    },
    .copy_bytes = [](vt_tensor *tensor, void *bytes, int64_t capacity) {
      return guarded([&] {
        const auto value = tensor->value.detach().to(at::kCPU).contiguous();
        TORCH_CHECK(static_cast<int64_t>(value.nbytes()) == capacity, "the buffer holds ", capacity,
                    " bytes, the tensor ", value.nbytes());
        std::memcpy(bytes, value.data_ptr(), value.nbytes());
      });
    },
    .rank = [](vt_tensor *tensor, int64_t *rank) {
      return guarded([&] { *rank = tensor->value.dim(); });
    },
    .shape = [](vt_tensor *tensor, int64_t *shape) {
      return guarded([&] {
        const auto sizes = tensor->value.sizes();
        std::copy(sizes.begin(), sizes.end(), shape);
      });
    },
    .options = [](vt_tensor *tensor, vt_options *o) {
      return guarded([&] {
        const auto &value = tensor->value;
        o->dtype = static_cast<int32_t>(value.scalar_type());
        o->device = value.is_cpu() ? -1 : value.is_meta() ? VT_META : value.device().index();
      });
    },
    .to = [](vt_tensor *tensor, vt_options o, vt_out out) PUT(tensor->value.to(options(o))),
    .full = [](const int64_t *shape, int64_t rank, double value, vt_options o, vt_out out) PUT(
        at::full(list(shape, rank), value, options(o))),
    .arange = [](double start, double end, double step, vt_options o, vt_out out) PUT(
        at::arange(start, end, step, options(o))),

    .generator = [](uint64_t seed, vt_generator **out) {
      return guarded([&] { *out = new vt_generator{at::detail::createCPUGenerator(seed)}; });
    },
    .generator_release = [](vt_generator *generator) { delete generator; },
    .uniform = [](vt_generator *g, const int64_t *shape, int64_t rank, vt_out out) PUT(
        at::rand(list(shape, rank), g->value, at::kFloat)),
    .normal = [](vt_generator *g, const int64_t *shape, int64_t rank, vt_out out) PUT(
        at::randn(list(shape, rank), g->value, at::kFloat)),
    .permutation = [](vt_generator *g, int64_t count, vt_out out) PUT(
        at::randperm(count, g->value, at::kLong)),

    .requires_gradient = [](vt_tensor *tensor, bool *requires_) {
      return guarded([&] { *requires_ = tensor->value.requires_grad(); });
    },
    .with_gradient = [](vt_tensor *tensor, vt_out out) PUT(
        tensor->value.detach().clone().requires_grad_(true)),
    .detach = [](vt_tensor *tensor, vt_out out) PUT(tensor->value.detach()),
    .backward = [](vt_tensor *loss) { return guarded([&] { loss->value.backward(); }); },
    .gradient = [](vt_tensor *tensor, vt_out out) {
      return guarded([&] {
        const auto &gradient = tensor->value.grad();
        TORCH_CHECK(gradient.defined(), "no gradient has been computed for this tensor");
        put(out, gradient.detach().clone());
      });
    },
    .take_gradient = [](vt_tensor *tensor, vt_out out) {
      return guarded([&] {
        auto &gradient = tensor->value.mutable_grad();
        put(out, gradient.defined() ? gradient.detach() : at::zeros_like(tensor->value));
        gradient = at::Tensor();
      });
    },

    .sgd_step = [](vt_tensor *const *parameters, vt_tensor *const *gradients,
                   vt_tensor *const *momenta, int64_t count, double rate, double momentum,
                   double weight_decay, bool nesterov) {
      return guarded([&] {
        // A momentum of zeros makes the first step the same as later ones.
        const at::NoGradGuard unrecorded;
        auto values = gathered(parameters, count), velocities = gathered(momenta, count);
        at::_fused_sgd_(values, laid_out_like(values, gradients), velocities, weight_decay,
                        momentum, rate, 0, nesterov, false, false);
      });
    },
    .adamw_step = [](vt_tensor *const *parameters, vt_tensor *const *gradients,
                     vt_tensor *const *means, vt_tensor *const *squares, int64_t count,
                     int64_t step, double rate, double beta1, double beta2, double epsilon,
                     double weight_decay) {
      return guarded([&] {
        const at::NoGradGuard unrecorded;
        auto values = gathered(parameters, count), first = gathered(means, count);
        auto second = gathered(squares, count);
        // libtorch counts the steps of each tensor in a tensor.
        const std::vector<at::Tensor> steps(
            static_cast<size_t>(count), at::full({}, static_cast<double>(step), at::kFloat));
        at::_fused_adamw_(values, laid_out_like(values, gradients), first, second, {}, steps, rate,
                          beta1, beta2, weight_decay, epsilon, false, false);
      });
    },
    .clip_gradients = [](vt_tensor *const *gradients, int64_t count, double limit, double *norm) {
      return guarded([&] {
        // Gradients by hand are made in inference and may be changed there alone; others may, too.
        const c10::InferenceMode unrecorded;
        double squares = 0;
        for (const auto &gradient : gathered(gradients, count)) {
          const auto part = at::linalg_vector_norm(gradient).item<double>();
          squares += part * part;
        }
        *norm = std::sqrt(squares);
        if (*norm > limit)
          for (auto &gradient : gathered(gradients, count)) gradient.mul_(limit / (*norm + 1e-6));
      });
    },
    .approach = [](vt_tensor *const *targets, vt_tensor *const *sources, int64_t count,
                   double share) {
      return guarded([&] {
        const at::NoGradGuard unrecorded;
        const auto goals = gathered(sources, count);
        auto values = gathered(targets, count);
        for (size_t i = 0; i < values.size(); ++i) values[i].lerp_(goals[i].detach(), share);
      });
    },

    BINARY(add, at::add),
    BINARY(subtract, at::sub),
    BINARY(multiply, at::mul),
    BINARY(divide, at::div),
    .add_scalar = [](vt_tensor *a, double b, vt_out out) PUT(at::add(a->value, b)),
    .multiply_scalar = [](vt_tensor *a, double b, vt_out out) PUT(at::mul(a->value, b)),
    .power = [](vt_tensor *a, double exponent, vt_out out) PUT(at::pow(a->value, exponent)),
    BINARY(maximum, at::maximum),
    BINARY(minimum, at::minimum),
    .clamp = [](vt_tensor *a, double low, double high, vt_out out) PUT(
        at::clamp(a->value, low, high)),
    BINARY(equal, at::eq),
    BINARY(less, at::lt),
    .greater_scalar = [](vt_tensor *a, double b, vt_out out) PUT(at::gt(a->value, b)),
    .where = [](vt_tensor *condition, vt_tensor *a, vt_tensor *b, vt_out out) {
      return guarded([&] {
        const auto &c = condition->value, &x = a->value, &y = b->value;
        if (c.is_meta()) {
          const auto shape = at::infer_size(at::infer_size(c.sizes(), x.sizes()), y.sizes());
          return put(out, at::empty(shape, x.options()));
        }
        put(out, at::where(c, x, y));
      });
    },
    UNARY(negative, at::neg),
    UNARY(absolute, at::abs),
    UNARY(exponential, at::exp),
    UNARY(logarithm, at::log),
    UNARY(square_root, at::sqrt),
    UNARY(sine, at::sin),
    UNARY(cosine, at::cos),
    UNARY(round, at::round),

    .relu = [](vt_tensor *a, vt_out out) PUT(alike(a->value, [&] { return at::relu(a->value); })),
    .leaky_relu = [](vt_tensor *a, double slope, vt_out out) PUT(at::leaky_relu(a->value, slope)),
    .elu = [](vt_tensor *a, double alpha, vt_out out) PUT(at::elu(a->value, alpha)),
    .gelu = [](vt_tensor *a, bool tanh, vt_out out) PUT(
        at::gelu(a->value, tanh ? "tanh" : "none")),
    UNARY(silu, at::silu),
    UNARY(sigmoid, at::sigmoid),
    UNARY(hyperbolic_tangent, at::tanh),
    .softmax = [](vt_tensor *a, int64_t dimension, vt_out out) PUT(
        at::softmax(a->value, dimension)),
    .log_softmax = [](vt_tensor *a, int64_t dimension, vt_out out) PUT(
        at::log_softmax(a->value, dimension)),
    .dropout = [](vt_tensor *a, double p, vt_generator *g, vt_out out) PUT(
        a->value * at::rand(a->value.sizes(), g->value, at::kFloat).ge(p).to(a->value.options())
            / (1 - p)),

    REDUCTION(sum, at::sum),
    REDUCTION(mean, at::mean),
    .variance = [](vt_tensor *a, const int64_t *dims, int64_t count, bool unbiased, bool keep,
                   vt_out out) PUT(at::var(a->value, dimensions(dims, count), unbiased, keep)),
    REDUCTION(largest, at::amax),
    REDUCTION(smallest, at::amin),
    .argmax = [](vt_tensor *a, int64_t dimension, bool keep, vt_out out) PUT(
        at::argmax(a->value, dimension, keep)),
    .sort = [](vt_tensor *a, int64_t dimension, bool descending, vt_out values, vt_out indices) {
      return guarded([&] {
        auto [sorted, order] = at::sort(a->value, /*stable=*/true, dimension, descending);
        put(values, std::move(sorted));
        put(indices, std::move(order));
      });
    },

    .reshape = [](vt_tensor *a, const int64_t *shape, int64_t rank, vt_out out) PUT(
        at::reshape(a->value, list(shape, rank))),
    .permute = [](vt_tensor *a, const int64_t *dims, int64_t rank, vt_out out) PUT(
        at::permute(a->value, list(dims, rank))),
    .expand = [](vt_tensor *a, const int64_t *shape, int64_t rank, vt_out out) PUT(
        a->value.expand(list(shape, rank))),
    .squeeze = [](vt_tensor *a, int64_t dimension, vt_out out) PUT(
        at::squeeze(a->value, dimension)),
    .unsqueeze = [](vt_tensor *a, int64_t dimension, vt_out out) PUT(
        at::unsqueeze(a->value, dimension)),
    .slice = [](vt_tensor *a, int64_t dimension, int64_t start, int64_t end, int64_t step,
                vt_out out) PUT(at::slice(a->value, dimension, start, end, step)),
    .index_select = [](vt_tensor *a, int64_t dimension, vt_tensor *indices, vt_out out) {
      return guarded([&] {
        if (a->value.is_meta()) {
          auto shape = a->value.sizes().vec();
          shape.at(static_cast<size_t>(dimension < 0 ? dimension + a->value.dim() : dimension)) =
              indices->value.numel();
          return put(out, at::empty(shape, a->value.options()));
        }
        put(out, at::index_select(a->value, dimension, indices->value));
      });
    },
    .gather = [](vt_tensor *a, int64_t dimension, vt_tensor *indices, vt_out out) PUT(
        at::gather(a->value, dimension, indices->value)),
    .concatenate = [](vt_tensor *const *tensors, int64_t count, int64_t dimension, vt_out out) PUT(
        at::cat(gathered(tensors, count), dimension)),
    .stack = [](vt_tensor *const *tensors, int64_t count, int64_t dimension, vt_out out) PUT(
        at::stack(gathered(tensors, count), dimension)),
    .flip = [](vt_tensor *a, const int64_t *dims, int64_t count, vt_out out) PUT(
        at::flip(a->value, list(dims, count))),
    .roll = [](vt_tensor *a, const int64_t *shifts, const int64_t *dims, int64_t count,
               vt_out out) PUT(at::roll(a->value, list(shifts, count), list(dims, count))),
    .pad = [](vt_tensor *a, const int64_t *amounts, int64_t count, int32_t mode, double value,
              vt_out out) {
      return guarded([&] {
        constexpr const char *modes[] = {"constant", "reflect", "replicate"};
        TORCH_CHECK(mode >= 0 && mode < 3, "unknown padding mode ", mode);
        put(out, at::pad(a->value, list(amounts, count), modes[mode],
                         mode == 0 ? std::optional<double>(value) : std::nullopt));
      });
    },
    .contiguous = [](vt_tensor *a, vt_out out) PUT(a->value.contiguous()),
    .channels_last = [](vt_tensor *a, vt_out out) PUT(a->value.contiguous(
        a->value.dim() == 5 ? at::MemoryFormat::ChannelsLast3d : at::MemoryFormat::ChannelsLast)),

    BINARY(matmul, at::matmul),
    .linear = [](vt_tensor *x, vt_tensor *weight, vt_tensor *bias, vt_out out) PUT(
        at::linear(x->value, weight->value, maybe(bias))),
    .attention = [](vt_tensor *q, vt_tensor *k, vt_tensor *v, vt_tensor *mask, double scale,
                    vt_out out) {
      return guarded([&] {
        if (q->value.is_meta()) {
          auto shape = q->value.sizes().vec();
          shape.back() = v->value.size(-1);
          return put(out, at::empty(shape, q->value.options()));
        }
        put(out, at::scaled_dot_product_attention(q->value, k->value, v->value, maybe(mask), 0,
                                                  false, scale));
      });
    },

    .convolution = [](vt_tensor *x, vt_tensor *weight, vt_tensor *bias, const int64_t *stride,
                      const int64_t *padding, const int64_t *dilation, int64_t count,
                      int64_t groups, vt_out out) {
      return guarded([&] {
        const int64_t none[3] = {0, 0, 0};
        put(out, convolved(x->value, weight->value, maybe(bias), list(stride, count),
                           list(padding, count), list(dilation, count), false,
                           list(none, count), groups));
      });
    },
    .transposed_convolution = [](vt_tensor *x, vt_tensor *weight, vt_tensor *bias,
                                 const int64_t *stride, const int64_t *padding,
                                 const int64_t *output_padding, int64_t count, int64_t groups,
                                 vt_out out) {
      return guarded([&] {
        const int64_t one[3] = {1, 1, 1};
        put(out, convolved(x->value, weight->value, maybe(bias), list(stride, count),
                           list(padding, count), list(one, count), true,
                           list(output_padding, count), groups));
      });
    },
    .max_pool = [](vt_tensor *x, const int64_t *kernel, const int64_t *stride,
                   const int64_t *padding, int64_t count, vt_out out) PUT(
        pooled(x->value, list(kernel, count), list(stride, count), list(padding, count))),
    .average_pool = [](vt_tensor *x, const int64_t *kernel, const int64_t *stride,
                       const int64_t *padding, int64_t count, vt_out out) PUT(
        averaged(x->value, list(kernel, count), list(stride, count), list(padding, count))),
    .batch_norm = [](vt_tensor *x, vt_tensor *weight, vt_tensor *bias, vt_tensor *mean,
                     vt_tensor *variance, bool training, double momentum, double epsilon,
                     vt_out out) PUT(alike(x->value, [&] {
      return at::batch_norm(x->value, maybe(weight), maybe(bias), mean->value, variance->value,
                            training, momentum, epsilon, false);
    })),
    .layer_norm = [](vt_tensor *x, const int64_t *shape, int64_t rank, vt_tensor *weight,
                     vt_tensor *bias, double epsilon, vt_out out) PUT(
        alike(x->value, [&] {
          return at::layer_norm(x->value, list(shape, rank), maybe(weight), maybe(bias), epsilon);
        })),
    .group_norm = [](vt_tensor *x, int64_t groups, vt_tensor *weight, vt_tensor *bias,
                     double epsilon, vt_out out) PUT(
        alike(x->value, [&] {
          return at::group_norm(x->value, groups, maybe(weight), maybe(bias), epsilon);
        })),
    .resize = [](vt_tensor *x, const int64_t *size, int64_t count, int32_t mode, bool align,
                 bool antialias, vt_out out) PUT(
        resized(x->value, list(size, count), mode, align, antialias)),
    .embedding = [](vt_tensor *embeddings, vt_tensor *indices, vt_out out) {
      return guarded([&] {
        if (embeddings->value.is_meta()) {
          auto shape = indices->value.sizes().vec();
          shape.push_back(embeddings->value.size(1));
          return put(out, at::empty(shape, embeddings->value.options()));
        }
        put(out, at::embedding(embeddings->value, indices->value));
      });
    },
};
// NOLINTEND

}  // namespace

const vt_api *vt_table(size_t size) { return size == sizeof(vt_api) ? &table : nullptr; }
