// Masks of everything as files: labels on the grid of the image, COCO's JSON, or a picture each.

public import Foundation
public import Imaging
import Models

extension [AutomaticMask] {
  /// Labels from 1 in the order of the masks: with the largest first, smaller masks lie on larger ones.
  /// The masks belong to slice `slice` of an image with this geometry.
  public func labelMap(on geometry: Geometry, slice: Int = 0) -> LabelMap {
    var labels = [Int32](repeating: 0, count: geometry.count)
    let start = slice * geometry.size.x * geometry.size.y
    for (index, mask) in enumerated() {
      mask.mask.paint(Int32(clamping: index + 1), into: &labels, from: start)
    }
    return LabelMap(geometry: geometry, labels: labels)
  }

  /// A list of COCO annotations with the fields of the reference implementation; `id` is the label.
  public func cocoJSON() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(enumerated().map { Annotation($1, id: $0 + 1) })
  }

  /// The table that the reference implementation writes beside the pictures 0.png, 1.png and so on.
  public var metadata: String {
    let heading =
      "id,area,bbox_x0,bbox_y0,bbox_w,bbox_h,point_input_x,point_input_y,predicted_iou,"
      + "stability_score,crop_box_x0,crop_box_y0,crop_box_w,crop_box_h"
    let rows = enumerated().map { index, mask in
      ([index, mask.area] + mask.box.placeAndExtent).map(String.init)
        + [mask.point.x, mask.point.y, mask.predictedIoU, mask.stability].map { "\($0)" }
        + mask.crop.placeAndExtent.map(String.init)
    }
    return ([heading] + rows.map { $0.joined(separator: ",") }).joined(separator: "\n") + "\n"
  }
}

extension AutomaticMask {
  /// 255 on the object and 0 elsewhere.
  public var picture: Volume {
    var pixels = [UInt8](repeating: 0, count: mask.size.height * mask.size.width)
    mask.paint(255, into: &pixels)
    return Volume(
      geometry: Geometry(size: SIMD3(mask.size.width, mask.size.height, 1)),
      voxels: .uint8(pixels))
  }
}

/// One mask as COCO's tools and the reference implementation name its parts.
private struct Annotation: Encodable {
  struct Runs: Encodable {
    let size: [Int]
    let counts: String
  }

  let id: Int
  let segmentation: Runs
  let area: Int
  let bbox: [Int]
  let predictedIoU: Double
  let points: [[Double]]
  let stability: Double
  let crop: [Int]

  enum CodingKeys: String, CodingKey {
    case id, segmentation, area, bbox
    case predictedIoU = "predicted_iou"
    case points = "point_coords"
    case stability = "stability_score"
    case crop = "crop_box"
  }

  init(_ mask: AutomaticMask, id: Int) {
    self.id = id
    segmentation = Runs(
      size: [mask.mask.size.height, mask.mask.size.width], counts: mask.mask.cocoString)
    area = mask.area
    bbox = mask.box.placeAndExtent
    predictedIoU = mask.predictedIoU
    points = [[mask.point.x, mask.point.y]]
    stability = mask.stability
    crop = mask.crop.placeAndExtent
  }
}

extension PixelBox {
  /// Left, top, width and height, the last two between the edges as they are given.
  fileprivate var placeAndExtent: [Int] { [left, top, width, height] }
}
