// swift-tools-version: 6.1
// Vesalius: targets in the order in which the data flows; arrows point down only.

import Foundation
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let torch = TorchInstallation()
let itk = ITKInstallation()

let package = Package(
  name: "Vesalius",
  platforms: [.macOS(.v14)],
  products: [
    .executable(name: "vesalius", targets: ["vesalius"]),
    // Loaded at the first tensor operation, so that commands without tensors start at once.
    .library(name: "TorchBridge", type: .dynamic, targets: ["TorchBridge"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
    .package(url: "https://github.com/jpsim/Yams", "5.0.1"..<"7.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.8.0"),
  ],
  targets: [
    .target(name: "CTorch"),
    .target(
      name: "TorchBridge",
      cxxSettings: [
        .headerSearchPath("../CTorch/include"), .unsafeFlags(torch.compilerFlags),
      ],
      linkerSettings: [.unsafeFlags(torch.linkerFlags)]),
    // Optimised in debug builds too: tests run networks through these kernels.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
    // Eigen (MPL 2.0) solves the sparse systems of the random walker.
    .target(
      name: "CEigen", cxxSettings: [.unsafeFlags(["-O2", "-isystem", "\(itk.eigen)"])]),
    .target(
      name: "CITK",
      cxxSettings: [.unsafeFlags(itk.compilerFlags)],
      linkerSettings: [.unsafeFlags(itk.linkerFlags)]),

    .target(name: "Tensors", dependencies: ["CTorch", "CKernels"], swiftSettings: strict),
    .target(name: "Weights", dependencies: ["Tensors"], swiftSettings: strict),
    .target(name: "Layers", dependencies: ["Weights"], swiftSettings: strict),
    .target(name: "Imaging", dependencies: ["CITK"], swiftSettings: strict),
    .target(
      name: "Models",
      dependencies: ["Layers", "CKernels"],
      // Weights of our own: Recipes/ says how they were trained.
      resources: [.copy("Shipped")], swiftSettings: strict),
    .target(
      name: "Segmentation",
      dependencies: [
        "Models", "Imaging", "Planning", "Prompts",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(name: "Tables", swiftSettings: strict),
    .target(name: "Datasets", dependencies: ["Imaging", "Tables"], swiftSettings: strict),
    .target(name: "Synthesis", dependencies: ["Datasets", "Imaging"], swiftSettings: strict),
    .target(name: "Metrics", dependencies: ["CKernels"], swiftSettings: strict),
    .target(
      name: "Planning",
      dependencies: [
        "Datasets", "Imaging", "Metrics", "CITK", "CKernels",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(name: "Prompts", dependencies: ["Metrics"], swiftSettings: strict),
    .target(
      name: "Baselines", dependencies: ["Prompts", "Imaging", "CEigen"], swiftSettings: strict),
    .target(
      name: "Training",
      dependencies: [
        "Segmentation", "Datasets", "Metrics", "Charts", "CKernels",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(name: "Statistics", swiftSettings: strict),
    .target(name: "Charts", swiftSettings: strict),
    .target(
      name: "Survey",
      dependencies: [
        "Tables", "Statistics",
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "Yams", package: "Yams"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      // The tables of the published survey, and the pages of its explorer.
      resources: [.copy("Seed"), .copy("Site")], swiftSettings: strict),
    .target(name: "Report", dependencies: ["Charts", "Statistics"], swiftSettings: strict),
    .target(
      name: "Study",
      dependencies: [
        "Segmentation", "Datasets", "Baselines", "Report", "Tables", "Training",
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "vesalius",
      dependencies: [
        "Segmentation", "Study", "Survey", "Synthesis", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "sam-benchmark", dependencies: ["Segmentation"], path: "Benchmarks/SegmentAnything",
      swiftSettings: strict),
    .executableTarget(
      name: "generalist-benchmark", dependencies: ["Models"], path: "Benchmarks/Generalists",
      swiftSettings: strict),
    .executableTarget(
      name: "metrics-benchmark", dependencies: ["Metrics", "Imaging"], path: "Benchmarks/Metrics",
      swiftSettings: strict),
    .executableTarget(
      name: "synthesis-benchmark", dependencies: ["Synthesis", "Datasets", "Imaging"],
      path: "Benchmarks/Synthesis", swiftSettings: strict),
    .executableTarget(
      name: "statistics-benchmark", dependencies: ["Statistics"], path: "Benchmarks/Statistics",
      swiftSettings: strict),
    .executableTarget(
      name: "survey-benchmark", dependencies: ["Survey"], path: "Benchmarks/Survey",
      swiftSettings: strict),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], swiftSettings: strict),
    .target(
      name: "WeightFuzzing", dependencies: ["Weights"], path: "Tests/WeightFuzzing",
      swiftSettings: strict),
    .executableTarget(
      name: "weight-fuzz", dependencies: ["WeightFuzzing"], path: "Tests/WeightFuzz",
      swiftSettings: strict),
    .testTarget(
      name: "WeightsTests", dependencies: ["Weights", "WeightFuzzing", "TestSupport"],
      resources: [.copy("Resources")], swiftSettings: strict),
    .testTarget(
      name: "LayersTests", dependencies: ["Layers", "Tensors", "Weights"], swiftSettings: strict),
    .testTarget(
      name: "ImagingTests", dependencies: ["Imaging", "TestSupport"],
      resources: [.process("Resources")], swiftSettings: strict),
    .testTarget(
      name: "ModelsTests", dependencies: ["Models", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "SegmentationTests",
      dependencies: ["Segmentation", "Datasets", "Metrics", "TestSupport"], exclude: ["Golden"],
      swiftSettings: strict),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Datasets", "Models", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: strict),
    .testTarget(
      name: "PlanningTests", dependencies: ["Planning", "Datasets", "Imaging", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: strict),
    .testTarget(
      name: "MetricsTests", dependencies: ["Metrics", "TestSupport"], resources: [.copy("Golden")],
      swiftSettings: strict),
    .testTarget(
      name: "PromptsTests", dependencies: ["Prompts", "Metrics", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "BaselinesTests", dependencies: ["Baselines", "Imaging", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: strict),
    .testTarget(
      name: "SynthesisTests", dependencies: ["Synthesis", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Statistics", "TestSupport"],
      resources: [.copy("Golden")], swiftSettings: strict),
    .testTarget(
      name: "ReportTests", dependencies: ["Report", "Charts", "Statistics"],
      swiftSettings: strict),
    .testTarget(
      name: "StudyTests", dependencies: ["Study", "Tables", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "SurveyTests",
      dependencies: [
        "Survey", "Tables", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Resources"], swiftSettings: strict),
    .testTarget(
      name: "CommandTests", dependencies: ["vesalius", "Study", "TestSupport"],
      exclude: ["Snapshots"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)

/// Where libtorch lies: `VESALIUS_TORCH`, else what `scripts/bootstrap` put into `.deps`.
struct TorchInstallation {
  let root =
    Context.environment["VESALIUS_TORCH"].flatMap { $0.isEmpty ? nil : $0 }
    ?? Context.packageDirectory + "/.deps/torch"

  var compilerFlags: [String] {
    [
      "-isystem", "\(root)/include", "-isystem", "\(root)/include/torch/csrc/api/include",
    ]
  }

  var linkerFlags: [String] {
    ["-L\(root)/lib", "-ltorch_cpu", "-lc10", "-Xlinker", "-rpath", "-Xlinker", "\(root)/lib"]
  }
}

/// Where ITK lies: the first version found below the usual prefixes of Debian, Ubuntu and Homebrew.
struct ITKInstallation {
  let prefix: String
  let version: String

  init() {
    let prefixes = ["/usr", "/usr/local", "/opt/homebrew"]
    for prefix in prefixes {
      let folders =
        (try? FileManager.default.contentsOfDirectory(atPath: prefix + "/include")) ?? []
      if let folder = folders.filter({ $0.hasPrefix("ITK-5") }).max() {
        self.prefix = prefix
        version = String(folder.dropFirst(4))
        return
      }
    }
    prefix = "/usr"
    version = "5.2"
  }

  /// Eigen, which ITK itself rests on, lies below the same prefix.
  var eigen: String { "\(prefix)/include/eigen3" }

  /// GDCM, which ITK itself reads DICOM through, lies beside it: `gdcm-3.0`.
  var compilerFlags: [String] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: prefix + "/include")) ?? []
    let gdcm = folders.filter { $0.hasPrefix("gdcm-") }.max() ?? "gdcm-3.0"
    return [
      "-isystem", "\(prefix)/include/ITK-\(version)", "-isystem", "\(prefix)/include/\(gdcm)",
    ]
  }

  var linkerFlags: [String] {
    let modules = [
      "ITKCommon", "ITKIOImageBase", "ITKIONIFTI", "ITKIONRRD", "ITKIOMeta", "ITKIOPNG",
      "ITKIOJPEG", "ITKIOTIFF", "ITKIOGDCM", "ITKTransform", "itkvnl",
      "itkvnl_algo", "itkvcl", "itksys", "ITKVNLInstantiation",
    ]
    return ["-L\(prefix)/lib"] + modules.map { "-l\($0)-\(version)" }
      + ["-lgdcmMSFF", "-lgdcmDSED", "-lgdcmCommon", "-ltiff", "-ljpeg", "-lz"]
  }
}
