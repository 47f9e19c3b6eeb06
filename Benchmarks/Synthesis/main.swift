// How many images of each kind are made per second, by size; with a folder as argument the images are kept there.

import Datasets
import Foundation
import Imaging
import Synthesis

let folder = CommandLine.arguments.dropFirst().first
let sizes: [(name: String, size: SIMD3<Int>, cases: Int)] = [
  ("128²", SIMD3(128, 128, 1), 12), ("256²", SIMD3(256, 256, 1), 8),
  ("64³", SIMD3(64, 64, 64), 3),
]
for kind in PhantomKind.allCases {
  for (name, size, cases) in sizes where size.z == 1 || kind.hasVolumes {
    let source = try PhantomSource(kind, size: size)
    let begun = ContinuousClock.now
    if let folder {
      try SyntheticDataset(source, cases: cases, seed: 1, prefix: kind.rawValue)
        .write(to: "\(folder)/\(kind.rawValue)-\(size.x)-\(size.z)")
    } else {
      _ = try CaseWorkers.map(cases) { try source.makeCase($0, seed: 1) }
    }
    let seconds = (ContinuousClock.now - begun) / .seconds(1)
    print(kind.rawValue, name, String(format: "%.2f images per second", Double(cases) / seconds))
  }
}
