// Damaged copies of real files: reading them may fail, and must not end the process.

import Foundation
import Imaging
import TestSupport
import Testing

@Suite(.enabled(if: Shared.isPresent, "skipped: no ../shared"))
struct FuzzTests {
  static let files = [
    "dicom-transfer-syntaxes/CT_small.dcm", "dicom-transfer-syntaxes/MR_small_RLE.dcm",
    "dicom-transfer-syntaxes/JPEG2000.dcm", "dicom-transfer-syntaxes/SC_rgb_jpeg_gdcm.dcm",
    "dicom-transfer-syntaxes/MR_small_jpeg_ls_lossless.dcm",
    "dicom-transfer-syntaxes/MR_small_implicit.dcm", "dicom-transfer-syntaxes/image_dfl.dcm",
    "dicom-transfer-syntaxes/rtdose.dcm", "dicom-seg-dcmqi/segmentations/23x38x3/multiframe/mf.dcm",
    "dicom-transfer-syntaxes/SC_rgb_rle.dcm", "dicom-transfer-syntaxes/ExplVR_BigEnd.dcm",
    "dicom-seg-dcmqi/segmentations/liver_seg.nrrd", "volume-formats/mha.mha",
    "volume-formats/hippo.nii.gz", "dicom-seg-highdicom/frame_rgb.jpeg",
  ]

  @Test(arguments: files)
  func survives(_ name: String) throws {
    let rounds = Int(ProcessInfo.processInfo.environment["VESALIUS_FUZZ"] ?? "") ?? 20
    if let only = ProcessInfo.processInfo.environment["VESALIUS_FUZZ_FILE"], only != name { return }
    let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Shared.path("data/" + name))))
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(state: UInt64(name.utf8.count))
    for round in 0..<rounds {
      var bytes = original
      // Headers matter most, so that half of the changes fall into the first two kilobytes.
      let reach = round % 2 == 0 ? min(2048, bytes.count) : bytes.count
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<reach, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      if round % 5 == 4 {
        bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
      }
      let path = try folder.write("damaged." + (name as NSString).pathExtension, bytes)
      do {
        _ = try Volume(contentsOf: path)
      } catch let error as ImagingError {
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
