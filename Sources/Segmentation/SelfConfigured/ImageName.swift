// Which image files of a folder belong to one case, by nnU-Net's names.

import Datasets
import Foundation

enum ImageName {
  /// A case of a folder.
  struct Case: Equatable {
    let name: String
    /// One file per channel, or one that holds all channels.
    let files: [String]

    /// The ending of the images, unless it stands for a format that changes labels.
    var labelEnding: String {
      let ending = ImageFile.ending(of: files[0]) ?? ".nii.gz"
      return [".jpg", ".jpeg"].contains(ending) ? ".png" : ending
    }
  }

  /// The cases of a folder by name.
  ///
  /// Files with the dataset's ending are taken, or all images where none has it. Numbered files are the
  /// channels of a case only where their numbers are those of the model's channels, or 0 alone.
  /// - Throws: ``SelfConfiguredError/noImages(path:ending:)``
  static func cases(in folder: String, ending: String, channels: Int) throws -> [Case] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let images = names.filter { !$0.hasPrefix(".") && ImageFile.ending(of: $0) != nil }.sorted()
    let usual = images.filter { $0.lowercased().hasSuffix(ending.lowercased()) }
    var groups: [String: [(number: Int, file: String)]] = [:]
    var cases: [Case] = []
    for name in usual.isEmpty ? images : usual {
      let path = "\(folder)/\(name)"
      if let (stem, number) = numbered(ImageFile.stem(of: name)) {
        groups[stem, default: []].append((number, path))
      } else {
        cases.append(Case(name: ImageFile.stem(of: name), files: [path]))
      }
    }
    for (stem, files) in groups {
      let numbers = files.map(\.number)
      if numbers == Array(0..<channels) || numbers == [0] {
        cases.append(Case(name: stem, files: files.map(\.file)))
      } else {
        cases += files.map { Case(name: ImageFile.stem(of: $0.file), files: [$0.file]) }
      }
    }
    guard !cases.isEmpty else { throw SelfConfiguredError.noImages(path: folder, ending: ending) }
    return cases.sorted { $0.name < $1.name }
  }

  /// The image of a case in a folder, whatever its ending.
  static func find(_ name: String, in folder: String) -> String? {
    ImageFile.endings.map { "\(folder)/\(name)\($0)" }
      .first(where: FileManager.default.fileExists)
  }

  /// Four digits, as nnU-Net numbers channels.
  static func number(_ channel: Int) -> String { String(format: "%04d", channel) }

  /// A stem that ends in four digits, as nnU-Net names channels, apart from its number.
  static func numbered(_ stem: String) -> (String, Int)? {
    let digits = stem.suffix(4)
    guard stem.count > 5, stem.dropLast(4).last == "_", digits.allSatisfy(\.isASCII),
      digits.allSatisfy(\.isNumber), let number = Int(digits)
    else { return nil }
    return (String(stem.dropLast(5)), number)
  }
}
