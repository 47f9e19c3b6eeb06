// Frames sorted into one volume, or the reason why they form none.

/// DICOM frames in the order of their place along the normal, and the grid that they form.
struct DICOMStack {
  let slices: [DICOMSlice]
  let geometry: Geometry
  private let path: String

  /// Unevenness of slice distances, and drift off the normal, that is taken as rounding.
  static let tolerance = 0.01

  /// Reads one file, a slice or a multi-frame volume.
  static func read(file path: String) throws -> Volume {
    let file = try DICOMFile(path)
    let stack = try DICOMStack(DICOMSlice.slices(of: file), path: path)
    return try stack.read(modality: file.modality, seriesUID: file.seriesUID)
  }

  /// - Throws: ``ImagingError/slices(path:met:advice:)`` when the frames form no volume.
  init(_ slices: [DICOMSlice], path: String) throws {
    self.path = path
    guard let first = slices.first else { throw ImagingError.noSeries(path: path) }
    func refuse(_ met: String, _ advice: String) -> ImagingError {
      .slices(path: path, met: met, advice: advice)
    }
    let sizes = Set(slices.map { SIMD2($0.columns, $0.rows) })
    guard sizes.count == 1 else {
      let list = sizes.map { "\($0.x)×\($0.y)" }.sorted().joined(separator: ", ")
      throw refuse("its slices have different sizes (\(list))", "put each size into its own folder")
    }
    let unit = (columns: SIMD3<Double>(1, 0, 0), rows: SIMD3<Double>(0, 1, 0))
    let along = first.along ?? unit
    let normal = cross(along.columns, along.rows)
    let inPlane = first.spacing ?? .one
    // Sorting along the normal makes sense only for a sound plane.
    let plane = Geometry(
      size: SIMD3(first.columns, first.rows, 1), spacing: SIMD3(inPlane.x, inPlane.y, 1),
      origin: first.position ?? .zero, direction: [along.columns, along.rows, normal])
    if let defect = plane.defect() {
      throw ImagingError.badGeometry(path: path, defect: defect)
    }
    for slice in slices {
      let axes = slice.along ?? unit
      let turn = max(length(axes.columns - along.columns), length(axes.rows - along.rows))
      guard turn <= 1e-3 else {
        throw refuse(
          "its slices lie in different directions (a localizer?)", "choose a series of one stack")
      }
      let gap = (slice.spacing ?? .one) - inPlane
      guard abs(gap.x) <= 1e-3 * inPlane.x, abs(gap.y) <= 1e-3 * inPlane.y else {
        throw refuse("its slices have different pixel spacings", "export one series at a time")
      }
    }
    let ordered: [DICOMSlice]
    let step: Double
    if slices.count == 1 {
      (ordered, step) = (slices, first.thickness ?? 1)
    } else {
      guard slices.allSatisfy({ $0.position != nil }) else {
        throw refuse(
          "its \(slices.count) slices do not all say where they lie", "read them one by one")
      }
      (ordered, step) = try DICOMStack.sorted(slices, normal: normal, refuse)
    }
    self.slices = ordered
    geometry = Geometry(
      size: SIMD3(first.columns, first.rows, slices.count),
      spacing: SIMD3(inPlane.x, inPlane.y, step), origin: ordered[0].position ?? .zero,
      direction: [along.columns, along.rows, normal])
    if let defect = geometry.defect() {
      throw ImagingError.badGeometry(path: path, defect: defect)
    }
  }

  private static func sorted(
    _ slices: [DICOMSlice], normal: SIMD3<Double>, _ refuse: (String, String) -> ImagingError
  ) throws -> ([DICOMSlice], step: Double) {
    let placed = slices.map { ($0, dot($0.position ?? .zero, normal)) }.sorted { $0.1 < $1.1 }
    guard placed.allSatisfy({ $0.1.isFinite }) else {
      throw refuse("a slice has no finite position", "export the series again")
    }
    let steps = zip(placed.dropFirst(), placed).map { $0.1 - $1.1 }
    let doubled = steps.count { $0 < 1e-3 }
    guard doubled == 0 else {
      throw refuse(
        "\(doubled) of its \(slices.count) slices lie where another one lies "
          + "(several times or contrasts?)",
        "keep one stack of slices")
    }
    let middle = steps.sorted()[steps.count / 2]
    for (place, step) in steps.enumerated() where abs(step - middle) > tolerance * middle {
      let missing = (step / middle).rounded() - 1
      let isGap = missing >= 1 && abs(step - (missing + 1) * middle) < 0.1 * middle
      throw refuse(
        isGap
          ? "\(Int(missing)) slices are missing after slice \(place + 1) of \(slices.count)"
          : "its slices lie \(short(steps.min() ?? 0)) to \(short(steps.max() ?? 0)) mm apart",
        "export the whole series with even spacing")
    }
    let step = (placed[placed.count - 1].1 - placed[0].1) / Double(steps.count)
    for (before, after) in zip(placed, placed.dropFirst()) {
      let way = (after.0.position ?? .zero) - (before.0.position ?? .zero)
      let drift = length(way - normal * (after.1 - before.1))
      guard drift <= tolerance * step else {
        throw refuse(
          "its slices are shifted sideways by \(short(drift)) mm each (a tilted gantry?)",
          "straighten the volume first, for example with dcm2niix")
      }
    }
    return (placed.map(\.0), step)
  }

  private static func short(_ number: Double) -> String {
    String(Double((number * 1000).rounded()) / 1000)
  }

  /// Reads the pixels, each file once; slices whose types differ become floating point.
  func read(modality: String, seriesUID: String) throws -> Volume {
    let paths = slices.map(\.path)
    var readers: [String: ITKReader] = [:]
    for path in Set(paths) { readers[path] = try ITKReader(path, .dicom) }
    let first = readers[paths[0]]
    let channels = first?.channels ?? 1
    let area = geometry.size.x * geometry.size.y
    for (path, reader) in readers {
      try check(reader, path: path, channels: channels)
    }
    let types = Set(readers.values.map(\.stored.plainType))
    let type = types.count == 1 ? types.first ?? .float32 : VoxelType.joint(of: types)
    let plane = area * channels * type.bytes
    let voxels = try Voxels(type: type, count: geometry.count * channels) { output in
      for (path, reader) in readers {
        let places = slices.indices.filter { slices[$0].path == path }
        let direct = reader.stored == .plain(type) && reader.count == area * channels
        if direct, let place = places.first {
          try reader.read(into: .init(rebasing: output[place * plane..<(place + 1) * plane]))
          continue
        }
        let values = try reader.voxels().converted(to: type)
        values.withBytes { bytes in
          for place in places {
            let start = slices[place].frame * plane
            UnsafeMutableRawBufferPointer(rebasing: output[place * plane..<(place + 1) * plane])
              .copyMemory(from: .init(rebasing: bytes[start..<start + plane]))
          }
        }
      }
    }
    return Volume(
      geometry: geometry, channels: channels, voxels: inGray(voxels),
      source: Volume.Source(
        format: .dicom, orientation: geometry.orientation,
        modality: modality.isEmpty ? nil : modality,
        seriesUID: seriesUID.isEmpty ? nil : seriesUID))
  }

  /// Dose in gray as float32; other images as they are.
  private func inGray(_ voxels: Voxels) -> Voxels {
    guard let scaling = slices[0].doseScaling, scaling.isFinite, scaling > 0 else { return voxels }
    return .float32(voxels.doubles.map { Float($0 * scaling) })
  }

  private func check(_ reader: ITKReader, path: String, channels: Int) throws {
    let size = reader.geometry.size
    let frames = slices.count { $0.path == path }
    guard size.x == geometry.size.x, size.y == geometry.size.y,
      size.z * Int(reader.header.size.3) == frames, reader.channels == channels
    else {
      throw ImagingError.damaged(
        path: path,
        met: "decodes to \(size.x)×\(size.y)×\(size.z) voxels of \(reader.channels) channels, "
          + "unlike its header")
    }
    // The densest code of DICOM, JPEG 2000 of an empty image, stays below this.
    let bytes = reader.count * reader.stored.bytes
    guard bytes / 50_000 <= FileBytes.size(of: path) else {
      throw ImagingError.damaged(
        path: path,
        met: "promises \(bytes) bytes of pixels in \(FileBytes.size(of: path)) bytes of file")
    }
  }
}

extension StoredType {
  fileprivate var plainType: VoxelType {
    switch self {
    case .plain(let type): type
    case .int64: .int32
    case .uint64: .uint32
    }
  }
}

extension VoxelType {
  /// A floating point type that holds the values of all the given ones.
  fileprivate static func joint(of types: Set<VoxelType>) -> VoxelType {
    types.contains { $0 == .float64 || $0 == .int32 || $0 == .uint32 } ? .float64 : .float32
  }
}

extension Voxels {
  fileprivate func converted(to type: VoxelType) -> Voxels {
    switch type {
    case self.type: self
    case .float32: .float32(floats)
    default: .float64(doubles)
    }
  }
}
