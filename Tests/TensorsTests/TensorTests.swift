// Tensors against values worked out by hand.

import Tensors
import Testing

@Suite struct TensorTests {
  @Test func valuesComeBackInRowMajorOrder() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(x.shape == [2, 3])
    #expect(x.dtype == .float32)
    #expect(try x.transposed(0, 1).values() == [1, 4, 2, 5, 3, 6] as [Float])
    #expect(try x.slice(1..<3, axis: 1).values() == [2, 3, 5, 6] as [Float])
    #expect(try x.select(1).values() == [4, 5, 6] as [Float])
    #expect(try x.flattened(from: 0).shape == [6])
    #expect(try x.flipped(1).values() == [3, 2, 1, 6, 5, 4] as [Float])
    #expect(try x.rolled([1], axes: [1]).values() == [3, 1, 2, 6, 4, 5] as [Float])
  }

  @Test(arguments: DType.allCases)
  func everyElementTypeHoldsSmallNumbers(_ dtype: DType) throws {
    let x = try Tensor([0, 1, 1, 0] as [Float], shape: [4]).to(dtype)
    #expect(x.dtype == dtype)
    #expect(x.byteCount == 4 * dtype.size)
    #expect(try x.floats() == [0, 1, 1, 0])
  }

  @Test func arithmeticBroadcasts() throws {
    let x = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let row = try Tensor([10, 20] as [Float], shape: [2])
    #expect(try (x + row).values() == [11, 22, 13, 24] as [Float])
    #expect(try (x * row - 1).values() == [9, 39, 29, 79] as [Float])
    #expect(try (x / 2).values() == [0.5, 1, 1.5, 2] as [Float])
    #expect(try (-x).clamped(to: -3 ... -2).values() == [-2, -2, -3, -3] as [Float])
    #expect(try x.greater(2).choose(x, else: -x).values() == [-1, -2, 3, 4] as [Float])
    #expect(try x.matmul(x).values() == [7, 10, 15, 22] as [Float])
  }

  @Test func reductionsTakeTheAxesTheyAreGiven() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 9] as [Float], shape: [2, 3])
    #expect(try x.sum().item() == 24)
    #expect(try x.mean(1).values() == [2, 6] as [Float])
    #expect(try x.variance(1).values()[0] as Float == Float(2.0 / 3))
    #expect(try x.largest(0).values() == [4, 5, 9] as [Float])
    #expect(try x.argmax(axis: 1).values(as: Int64.self) == [2, 2])
    let (values, indices) = try x.sorted(axis: 1, descending: true)
    #expect(try values.values() == [3, 2, 1, 9, 5, 4] as [Float])
    #expect(try indices.values(as: Int64.self) == [2, 1, 0, 2, 1, 0])
  }

  @Test func whatLossesAndPoolingNeedIsRight() throws {
    let x = try Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2])
    #expect(try x.averagePooled([2, 2]).item() == 2.5)
    let places = try Tensor([1, 0] as [Int64], shape: [1, 1, 2, 1])
    #expect(try x.gathering(places, axis: 3).values() == [2, 3] as [Float])
    let even = try Tensor([7, 7] as [Float], shape: [2])
    #expect(try abs(even.logSoftmax().floats()[0] + 0.6931472) < 1e-6)
    #expect(try abs(even.hyperbolicTangent().floats()[1] - 0.9999983) < 1e-6)
  }

  @Test func paddingKnowsThreeBorders() throws {
    let x = try Tensor([1, 2, 3] as [Float], shape: [1, 1, 3])
    #expect(try x.padded([(1, 2)]).values() == [0, 1, 2, 3, 0, 0] as [Float])
    #expect(try x.padded([(1, 2)], with: .reflect).values() == [2, 1, 2, 3, 2, 1] as [Float])
    #expect(try x.padded([(1, 2)], with: .replicate).values() == [1, 1, 2, 3, 3, 3] as [Float])
  }

  @Test func aMistakeIsOneLineAndNoCrash() throws {
    let a = try Tensor.zeros([2, 3])
    let error = #expect(throws: TensorError.self) { try a.matmul(a) }
    let text = String(describing: error)
    #expect(text.contains("matmul"))
    #expect(!text.contains("\n"))
    #expect(throws: TensorError.self) { try Tensor([1, 2] as [Float], shape: [3]) }
    #expect(throws: TensorError.self) { try a.values(as: Int32.self) }
    #expect(throws: TensorError.self) { try a.item() }
    #expect(throws: TensorError.self) { try a.reshaped(7) }
  }

  @Test func memoryThatIsNotThereIsSaidSo() throws {
    let error = #expect(throws: TensorError.self) { try Tensor.zeros([1 << 20, 1 << 24]) }
    guard case .outOfMemory = error else {
      Issue.record("expected outOfMemory, met \(String(describing: error))")
      return
    }
  }

  @Test func tensorsCanBeSharedBetweenTasks() async throws {
    let x = try Tensor.ones([64, 64])
    let sums = try await withThrowingTaskGroup(of: Double.self) { group in
      for factor in 1...16 {
        group.addTask { try inference { try (x * Double(factor)).sum().item() } }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums.sorted() == (1...16).map { Double($0) * 4096 })
  }
}

@Suite struct RandomTests {
  @Test func aSeedAlwaysGivesTheSameNumbers() throws {
    func draw(_ seed: UInt64) throws -> [Float] {
      let generator = try RandomGenerator(seed: seed)
      return try generator.normal([50]).floats() + generator.uniform([50]).floats()
    }
    #expect(try draw(7) == draw(7))
    #expect(try draw(7) != draw(8))
    #expect(try draw(7).suffix(50).allSatisfy { 0 <= $0 && $0 < 1 })
    // The first values of torch.manual_seed(0); torch.rand(3).
    let first = try RandomGenerator(seed: 0).uniform([3]).floats()
    #expect(zip(first, [0.4963, 0.7682, 0.0885] as [Float]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func dropoutKeepsTheMean() throws {
    let x = try Tensor.ones([10000])
    let dropped = try x.dropout(0.25, using: RandomGenerator(seed: 1))
    #expect(abs(try dropped.mean().item() - 1) < 0.03)
    #expect(Set(try dropped.floats()).count == 2)
  }
}

@Suite struct AutogradTests {
  @Test func theGradientOfASquareIsTwiceItself() throws {
    try training {
      #expect(Mode.isTraining)
      let x = try Tensor([1, -2, 3] as [Float], shape: [3]).requiringGrad()
      #expect(try x.requiresGrad)
      try (x * x).sum().backward()
      #expect(try x.grad.values() == [2, -4, 6] as [Float])
    }
    #expect(!Mode.isTraining)
  }

  @Test func inferenceRecordsNothing() throws {
    let x = try Tensor([1, 2] as [Float], shape: [2]).requiringGrad()
    #expect(try !x.detached().requiresGrad)
    let y = try inference { try (x * x).sum() }
    #expect(try !y.requiresGrad)
    #expect(throws: TensorError.self) { try y.backward() }
    #expect(throws: TensorError.self) { try x.grad }
  }

  @Test func aConvolutionHasTheGradientOfItsDifferences() throws {
    let generator = try RandomGenerator(seed: 3)
    let x = try generator.normal([1, 2, 5, 5]).to(.float64)
    let weight = try generator.normal([3, 2, 3, 3]).to(.float64)
    func loss(_ w: Tensor) throws -> Tensor {
      let y = try x.convolved(w, bias: nil, stride: [1, 1], padding: [1, 1], dilation: [1, 1])
      return try (y * y).sum()
    }
    let gradient = try training {
      let w = try weight.requiringGrad()
      try loss(w).backward()
      return try w.grad.values(as: Double.self)
    }
    let base = try weight.values(as: Double.self)
    for index in stride(from: 0, to: base.count, by: 7) {
      var up = base
      var down = base
      up[index] += 1e-4
      down[index] -= 1e-4
      let slope =
        (try loss(Tensor(up, shape: weight.shape)).item()
          - loss(Tensor(down, shape: weight.shape)).item()) / 2e-4
      #expect(abs(slope - gradient[index]) < 1e-5 * max(1, abs(slope)))
    }
  }
}

@Suite struct EngineTests {
  @Test func theEngineTellsWhatItIs() throws {
    #expect(try Engine.version.hasPrefix("2.13.0"))
    #expect(try Engine.configuration.contains("OpenMP"))
    #expect(try Engine.threads >= 1)
    #expect(try Engine.cudaDeviceCount >= 0)
  }

  @Test func reducedPrecisionWorksUnderTheRemedy() throws {
    try Engine.reducedPrecisionSelfTest()
    #expect(Processor.amxSelfTest() != false)
  }
}
