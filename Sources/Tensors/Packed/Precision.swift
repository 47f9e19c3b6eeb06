// How exactly our own kernels multiply, and with which unit of this processor.

import CKernels

/// The numbers that matrix products are computed in. All sums and everything else stay in float32.
public enum Precision: String, Sendable, CaseIterable, Codable {
  /// float32 by libtorch: the reference.
  case fp32
  /// Both factors rounded to bfloat16 (8 significant bits).
  case bf16
  /// Both factors rounded to whole numbers of 16 bits that are scaled row by row, so that 32-bit sums
  /// are exact; about ten times closer to float32 than bfloat16.
  case int16

  /// The fastest unit of this processor for this precision; `nil` for libtorch's, or where there is none.
  public var unit: MatrixUnit? {
    let candidates: [vk_unit] =
      switch self {
      case .fp32: []
      case .bf16: [VK_BFLOAT16_AMX, VK_BFLOAT16_AVX512, VK_BFLOAT16_AVX2]
      case .int16: [VK_INT16_VNNI, VK_INT16_AVX512, VK_INT16_AVX2]
      }
    // Asked once a process: the test of AMX starts another.
    return candidates.map(MatrixUnit.init).first(where: MatrixUnit.available.contains)
  }

  /// What this processor can compute, the fastest first.
  public static let fastestFirst: [Precision] = {
    let reduced: [Precision] =
      MatrixUnit.available.contains(MatrixUnit(VK_BFLOAT16_AMX))
      ? [.bf16, .int16] : [.int16, .bf16]
    // bfloat16 without instructions for it gains nothing on float32.
    let worthwhile = reduced.filter { $0.unit.map { $0.raw != VK_BFLOAT16_AVX2 } ?? false }
    return worthwhile + [.fp32]
  }()
}

/// A way to multiply matrices of 16-bit numbers.
public struct MatrixUnit: Sendable, Equatable, CustomStringConvertible {
  let raw: vk_unit

  /// Every unit that can be run here: those of the processor, and the same kernels in plain C.
  public static let available: [MatrixUnit] = (0..<VK_UNIT_COUNT.rawValue)
    .map { MatrixUnit(raw: vk_unit($0)) }.filter { vk_unit_available($0.raw) }

  init(_ raw: vk_unit) { self.raw = raw }
  private init(raw: vk_unit) { self.raw = raw }

  public var precision: Precision { vk_unit_number(raw) == VK_INT16 ? .int16 : .bf16 }

  public var description: String {
    switch raw {
    case VK_INT16_AVX2: "int16 on AVX2"
    case VK_INT16_AVX512: "int16 on AVX-512"
    case VK_INT16_VNNI: "int16 on AVX-512 VNNI"
    case VK_BFLOAT16_AVX2: "bf16 widened on AVX2"
    case VK_BFLOAT16_AVX512: "bf16 on AVX-512"
    case VK_BFLOAT16_AMX: "bf16 on AMX"
    case VK_INT16_PORTABLE: "int16 in plain C"
    default: "bf16 in plain C"
    }
  }

  /// Rows that are computed together: tiles of AMX want to meet each weight in more of them.
  public var rowsTogether: Int { raw == VK_BFLOAT16_AMX ? 192 : 48 }
}
