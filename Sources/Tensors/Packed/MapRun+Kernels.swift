// The steps of Winograd's and of direct convolution, divided among threads.

import CKernels

extension MapRun {
  static let tilesOfStep = 8
  static let pixelsOfCopy = 128

  /// Numbers of the tiles of some planes.
  func tiles(_ planes: Range<Int>) -> Range<Int> {
    let step = convolution.depthStep(input[0])
    let each = pieces(size[1], 4) * pieces(size[2], 4)
    return planes.lowerBound / step * each..<pieces(planes.upperBound, step) * each
  }

  /// Winograd: tiles `together` go through all steps while they are in the nearest caches.
  func filter(_ c: vk_map_convolution, _ planes: Range<Int>, together: Int) throws {
    let job = MapJob(convolution: c)
    let tiles = tiles(planes)
    let transformed = try transformedWeights(job)
    var (count, inputs, sums, blocks) = (0, 0, 0, 0)
    job {
      count = Int(vk_winograd_weights_count($0))
      inputs = (Int(vk_winograd_inputs_count($0, Int64(together))) + 15) / 16 * 16
      sums = Int(vk_winograd_sums_count($0, Int64(together)))
      blocks = Int(vk_map_blocks($0))
    }
    try pool.parallel(pieces(tiles.count, together), bytes: 4 * (inputs + sums)) {
      [count, inputs, blocks] pieces, scratch in
      let floats = scratch.assumingMemoryBound(to: Float.self)
      for piece in pieces {
        let first = Int64(tiles.lowerBound + piece * together)
        let last = min(first + Int64(together), Int64(tiles.upperBound))
        job { c in
          vk_winograd_inputs(c, first, last, first, last - first, floats)
          for block in 0..<blocks {
            vk_winograd_multiply(
              c, Int32(block), 0, 6, last - first, floats, transformed.start + block * count,
              floats + inputs)
            vk_winograd_outputs(
              c, Int32(block), first, last, first, last - first, floats + inputs, Int64(piece))
          }
        }
      }
    }
  }

  /// The weights of all products, made once a run.
  private func transformedWeights(_ job: MapJob) throws -> SharedFloats {
    if let weights { return SharedFloats(start: weights.floats) }
    var (line, blocks) = (0, 0)
    job {
      line = Int(vk_winograd_weights_count($0)) / 6
      blocks = Int(vk_map_blocks($0))
    }
    let pages = try pool.pages(4 * line * 6 * blocks, forAWhile: true)
    let shared = SharedFloats(start: pages.floats)
    parallel(6 * blocks, grain: 1) { [line] lines in
      for n in lines {
        job { vk_winograd_weights($0, Int32(n / 6), Int32(n % 6), shared.start + n * line) }
      }
    }
    weights = pages
    return shared
  }

  /// Winograd: all tiles go through one step after the other.
  func filterStepwise(_ c: vk_map_convolution) throws {
    let job = MapJob(convolution: c)
    let count = tiles(0..<size[0]).count
    var (line, inputs, sums, blocks) = (0, 0, 0, 0)
    job {
      line = Int(vk_winograd_weights_count($0)) / 6
      inputs = Int(vk_winograd_inputs_count($0, Int64(count)))
      sums = Int(vk_winograd_sums_count($0, Int64(count)))
      blocks = Int(vk_map_blocks($0))
    }
    let transformed = try pool.pages(4 * inputs, forAWhile: true)
    let summed = try pool.pages(4 * sums * blocks, forAWhile: true)
    let a = SharedFloats(start: transformed.floats)
    let y = SharedFloats(start: summed.floats)
    let pieces = pieces(count, Self.tilesOfStep)
    let total = Int64(count)
    @Sendable func range(_ piece: Int) -> (first: Int64, last: Int64) {
      (Int64(piece * Self.tilesOfStep), min(Int64((piece + 1) * Self.tilesOfStep), total))
    }
    parallel(pieces, grain: 1) {
      for piece in $0 {
        let (first, last) = range(piece)
        job { vk_winograd_inputs($0, first, last, 0, total, a.start) }
      }
    }
    // Line by line: a sixth of the inputs stays near while all outputs are made of it.
    try pool.parallel(6 * blocks, bytes: 4 * line) { [sums, blocks] lines, scratch in
      let floats = scratch.assumingMemoryBound(to: Float.self)
      for n in lines {
        let (line, block) = (Int32(n / blocks), Int32(n % blocks))
        job {
          vk_winograd_weights($0, block, line, floats)
          vk_winograd_multiply(
            $0, block, line, line + 1, total, a.start, floats, y.start + Int(block) * sums)
        }
      }
    }
    parallel(pieces, grain: 1) { [sums, blocks] in
      for piece in $0 {
        let (first, last) = range(piece)
        for block in 0..<blocks {
          job {
            vk_winograd_outputs(
              $0, Int32(block), first, last, 0, total, y.start + block * sums, Int64(piece))
          }
        }
      }
    }
    withExtendedLifetime((transformed, summed)) {}
  }

  /// Direct: rows `together` of a plane are computed from their own copy of the inputs.
  func direct(_ c: vk_map_convolution, _ planes: Range<Int>, together: Int) throws {
    let job = MapJob(convolution: c)
    let rows = size[1]
    let columns = size[2]
    let perPlane = pieces(rows, together)
    let largest = vk_region(
      first_plane: 0, last_plane: 1, first_row: 0, last_row: Int32(min(together, rows)))
    var (inputs, scratch, blocks) = (0, 0, 0)
    job {
      inputs = (Int(vk_direct_inputs_count($0, largest)) + 15) / 16 * 16
      scratch = Int(vk_direct_scratch_count($0, Int64(min(together, rows) * columns)))
      blocks = Int(vk_map_blocks($0))
    }
    try pool.parallel(planes.count * perPlane, bytes: 4 * (inputs + scratch)) {
      [inputs, blocks] range, memory in
      let floats = memory.assumingMemoryBound(to: Float.self)
      for piece in range {
        let z = planes.lowerBound + piece / perPlane
        let y = piece % perPlane * together
        let region = vk_region(
          first_plane: Int32(z), last_plane: Int32(z + 1), first_row: Int32(y),
          last_row: Int32(min(y + together, rows)))
        let pixels = Int64(Int(region.last_row - region.first_row) * columns)
        job { c in
          vk_direct_inputs(c, region, 0, c.pointee.kernel.0, floats)
          for block in 0..<blocks {
            vk_direct_multiply(
              c, region, floats, Int32(block), 0, pixels, floats + inputs, Int64(piece))
          }
        }
      }
    }
  }

  /// Direct: the inputs are copied once, and pieces of work share pixels and outputs among them.
  func directFromCopy(_ c: vk_map_convolution) throws {
    let job = MapJob(convolution: c)
    let region = vk_region(
      first_plane: 0, last_plane: Int32(size[0]), first_row: 0, last_row: Int32(size[1]))
    var (inputs, blocks) = (0, 0)
    job {
      inputs = Int(vk_direct_inputs_count($0, region))
      blocks = Int(vk_map_blocks($0))
    }
    let copy = try pool.pages(4 * inputs, forAWhile: true)
    let a = SharedFloats(start: copy.floats)
    let planes = (size[0] - 1) * convolution.stride[0] + convolution.kernel[0]
    parallel(planes, grain: 1) {
      for z in $0 { job { vk_direct_inputs($0, region, Int32(z), Int32(z + 1), a.start) } }
    }
    let total = size.reduce(1, *)
    let groups = pieces(total, Self.pixelsOfCopy)
    let bytes = 4 * (Self.pixelsOfCopy + 1) * convolution.unit.lanes * 2
    try pool.parallel(groups * blocks, bytes: bytes) { [blocks] range, memory in
      for n in range {
        let group = n / blocks
        job {
          vk_direct_multiply(
            $0, region, a.start, Int32(n % blocks), Int64(total * group / groups),
            Int64(total * (group + 1) / groups), memory.assumingMemoryBound(to: Float.self),
            Int64(group))
        }
      }
    }
    withExtendedLifetime(copy) {}
  }
}
