// What the processor has, and the remedy for the one trap that it can set.

import CKernels
import Foundation

/// The instruction sets that matter to segmentation networks.
public struct Processor: Sendable, Equatable {
  /// AVX2 and FMA.
  public let avx2: Bool
  /// AVX-512 F, BW, DQ and VL.
  public let avx512: Bool
  /// AVX-512 int8 dot products.
  public let avx512VNNI: Bool
  /// AVX-512 bfloat16 dot products.
  public let avx512BF16: Bool
  /// AVX-512 half precision.
  public let avx512FP16: Bool
  /// AMX tiles with bfloat16 products are advertised.
  public let amxBF16: Bool
  /// AMX tiles with int8 products are advertised.
  public let amxInt8: Bool
  /// CPUID leaf 0x1D describes the AMX palette.
  public let amxPaletteDescribed: Bool

  /// The processor that runs this process.
  public static let current = Processor(vk_processor_features())

  /// The vector units that our own kernels are written for.
  public enum Vectors: Sendable, CaseIterable {
    case avx2, avx512
  }

  /// The widest of them here; `nil` where there is none and libtorch computes everything.
  public var widestVectors: Vectors? {
    switch vk_widest_vectors() {
    case VK_AVX512: .avx512
    case VK_AVX2: .avx2
    default: nil
    }
  }

  public func has(_ vectors: Vectors) -> Bool { vectors == .avx512 ? avx512 : avx2 }

  /// Whether oneDNN would die with SIGILL at its first bfloat16 product: AMX is advertised, but the
  /// leaf that describes its palette is hidden, as some virtual machines do.
  public var needsOneDNNRemedy: Bool { (amxBF16 || amxInt8) && !amxPaletteDescribed }

  /// The environment variable that keeps oneDNN away from AMX, and the value it needs.
  public static let oneDNNRemedy = (name: "ONEDNN_MAX_CPU_ISA", value: "AVX512_CORE_FP16")

  /// Sets `oneDNNRemedy` in this process if it is needed and the user has not chosen otherwise.
  func applyOneDNNRemedy() {
    if needsOneDNNRemedy { setenv(Self.oneDNNRemedy.name, Self.oneDNNRemedy.value, 0) }
  }

  /// Result of a bfloat16 product on the AMX units themselves, in a child process: `nil` where there
  /// is no AMX or the kernel does not grant it.
  public static func amxSelfTest() -> Bool? {
    switch vk_amx_self_test() {
    case 1: true
    case 0: nil
    default: false
    }
  }

  /// Names of what is there, in the order in which kernels prefer them.
  public var features: [String] {
    [
      (amxBF16, "AMX-BF16"), (amxInt8, "AMX-INT8"), (avx512FP16, "AVX512-FP16"),
      (avx512BF16, "AVX512-BF16"), (avx512VNNI, "AVX512-VNNI"), (avx512, "AVX-512"), (avx2, "AVX2"),
    ].compactMap { $0 ? $1 : nil }
  }

  init(_ p: vk_processor) {
    avx2 = p.avx2 && p.fma
    avx512 = p.avx512
    avx512VNNI = p.avx512_vnni
    avx512BF16 = p.avx512_bf16
    avx512FP16 = p.avx512_fp16
    amxBF16 = p.amx_tile && p.amx_bf16
    amxInt8 = p.amx_tile && p.amx_int8
    amxPaletteDescribed = p.amx_palette_described
  }
}
