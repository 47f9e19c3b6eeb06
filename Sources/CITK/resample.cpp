// Resampling through ITK's filter, on the caller's buffers.
#include "internal.h"
#include "itkBSplineInterpolateImageFunction.h"
#include "itkImage.h"
#include "itkLinearInterpolateImageFunction.h"
#include "itkNearestNeighborInterpolateImageFunction.h"
#include "itkResampleImageFilter.h"

namespace {

template <typename Image>
typename Image::DirectionType directionOf(const citk_header &header) {
  typename Image::DirectionType direction;
  for (int axis = 0; axis < 3; ++axis)
    for (int coordinate = 0; coordinate < 3; ++coordinate)
      direction[coordinate][axis] = header.direction[3 * axis + coordinate];
  return direction;
}

template <typename Image>
typename Image::SizeType sizeOf(const citk_header &header) {
  typename Image::SizeType size;
  for (int axis = 0; axis < 3; ++axis)
    size[axis] = static_cast<itk::SizeValueType>(header.size[axis]);
  return size;
}

template <typename Scalar, typename Interpolator>
void resample(
    const citk_header &source, const void *voxels, const citk_header &target, Scalar fill,
    typename Interpolator::Pointer interpolator, void *result) {
  using Image = itk::Image<Scalar, 3>;
  auto image = Image::New();
  const auto size = sizeOf<Image>(source);
  image->SetRegions(size);
  image->SetSpacing(source.spacing);
  image->SetOrigin(source.origin);
  image->SetDirection(directionOf<Image>(source));
  const auto count = size[0] * size[1] * size[2];
  // ITK only reads the input, so the caller's const buffer serves without a copy.
  image->GetPixelContainer()->SetImportPointer(
      const_cast<Scalar *>(static_cast<const Scalar *>(voxels)), count, false);

  auto filter = itk::ResampleImageFilter<Image, Image>::New();
  filter->SetInput(image);
  filter->SetInterpolator(interpolator);
  filter->SetSize(sizeOf<Image>(target));
  filter->SetOutputSpacing(target.spacing);
  filter->SetOutputOrigin(target.origin);
  filter->SetOutputDirection(directionOf<Image>(target));
  filter->SetDefaultPixelValue(fill);
  filter->Update();
  const auto *output = filter->GetOutput();
  std::memcpy(
      result, output->GetBufferPointer(),
      output->GetBufferedRegion().GetNumberOfPixels() * sizeof(Scalar));
}

/// Nearest only copies, so that the width of a component is all that matters.
template <typename Scalar, typename Bits>
void nearest(
    const citk_header &source, const void *voxels, const citk_header &target, double fill,
    void *result) {
  static_assert(sizeof(Scalar) == sizeof(Bits));
  const auto value = static_cast<Scalar>(fill);
  Bits bits;
  std::memcpy(&bits, &value, sizeof bits);
  using Function = itk::NearestNeighborInterpolateImageFunction<itk::Image<Bits, 3>, double>;
  resample<Bits, Function>(source, voxels, target, bits, Function::New(), result);
}

template <typename Scalar>
void smooth(
    const citk_header &source, const void *voxels, const citk_header &target, bool cubic,
    double fill, void *result) {
  using Image = itk::Image<Scalar, 3>;
  if (cubic) {
    using Function = itk::BSplineInterpolateImageFunction<Image, double, double>;
    auto function = Function::New();
    function->SetSplineOrder(3);
    resample<Scalar, Function>(
        source, voxels, target, static_cast<Scalar>(fill), function, result);
  } else {
    using Function = itk::LinearInterpolateImageFunction<Image, double>;
    resample<Scalar, Function>(
        source, voxels, target, static_cast<Scalar>(fill), Function::New(), result);
  }
}

}  // namespace

citk_status citk_resample(
    const citk_header *source, const void *voxels, const citk_header *target,
    int32_t interpolation, double fill, void *result) {
  return citk::guarded([&] {
    const bool cubic = interpolation == CITK_CUBIC;
    if (interpolation != CITK_NEAREST) {
      switch (source->component) {
        case CITK_FLOAT32: return smooth<float>(*source, voxels, *target, cubic, fill, result);
        case CITK_FLOAT64: return smooth<double>(*source, voxels, *target, cubic, fill, result);
        default: throw std::invalid_argument("linear and cubic need floating point voxels");
      }
    }
    switch (source->component) {
      case CITK_UINT8: return nearest<uint8_t, uint8_t>(*source, voxels, *target, fill, result);
      case CITK_INT8: return nearest<int8_t, uint8_t>(*source, voxels, *target, fill, result);
      case CITK_UINT16: return nearest<uint16_t, uint16_t>(*source, voxels, *target, fill, result);
      case CITK_INT16: return nearest<int16_t, uint16_t>(*source, voxels, *target, fill, result);
      case CITK_UINT32: return nearest<uint32_t, uint32_t>(*source, voxels, *target, fill, result);
      case CITK_INT32: return nearest<int32_t, uint32_t>(*source, voxels, *target, fill, result);
      case CITK_FLOAT32: return nearest<float, uint32_t>(*source, voxels, *target, fill, result);
      case CITK_FLOAT64: return nearest<double, uint64_t>(*source, voxels, *target, fill, result);
      default: throw std::invalid_argument("unknown voxel type");
    }
  });
}
