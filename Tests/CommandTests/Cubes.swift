// A data set that any network learns: cubes with a brighter cube inside.

import Foundation
import Imaging

/// Writes such data in nnU-Net's layout.
enum Cubes {
  /// Volumes of `edge` voxels along each side; `label` is the value of the inner cube's voxels.
  static func write(
    _ name: String, in folder: Scratch, count: Int = 3, edge: Int = 24, label: Int32 = 1
  ) throws {
    try folder.write(
      "\(name)/dataset.json",
      """
      {"channel_names": {"0": "CT"}, "labels": {"background": 0, "cube": 1},
       "numTraining": \(count), "file_ending": ".nii.gz"}
      """.utf8)
    for number in 0..<count {
      try add(to: name, "c\(number)", in: folder, edge: edge, maskEdge: edge, label: label)
    }
  }

  /// Adds a case whose mask may have another size.
  static func add(
    to name: String, _ item: String, in folder: Scratch, edge: Int, maskEdge: Int, label: Int32
  ) throws {
    func cube(_ edge: Int, _ inside: Int32) -> (Geometry, [Int32]) {
      let geometry = Geometry(size: SIMD3(repeating: edge), spacing: SIMD3(1, 1, 2))
      let values = (0..<geometry.count).map { index -> Int32 in
        let place = [index % edge, index / edge % edge, index / (edge * edge)]
        return place.allSatisfy { $0 > edge / 4 && $0 < edge / 2 } ? inside : 0
      }
      return (geometry, values)
    }
    let (geometry, shape) = cube(edge, 1)
    let values = shape.enumerated().map { Float($1 * 300) + Float($0 % 13) + 1 }
    try Volume(geometry: geometry, voxels: .float32(values))
      .write(to: folder.place("\(name)/imagesTr/\(item)_0000.nii.gz"))
    let (grid, mask) = cube(maskEdge, label)
    try LabelMap(geometry: grid, labels: mask)
      .write(to: folder.place("\(name)/labelsTr/\(item).nii.gz"))
  }
}
