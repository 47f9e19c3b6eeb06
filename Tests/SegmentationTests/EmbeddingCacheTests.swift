// The embedding cache: what is read once is not read again, and what is broken is never used.

import Foundation
import Imaging
import Tensors
import TestSupport
import Testing
import Weights

@testable import Models
@testable import Segmentation

/// A promptable network that counts how often it reads an image.
struct CountingModel: PromptableModel {
  // Safe because every access holds the lock.
  final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }
    func add() { lock.withLock { count += 1 } }
  }

  static var card: Card { SegmentAnything.card }
  static var variants: [Variant<SegmentAnything.Configuration>] { [] }

  let network: SegmentAnything
  let reads = Counter()
  /// Makes the features larger than any float16.
  var scale = 1.0

  init(_ w: Weights, _ configuration: SegmentAnything.Configuration) throws {
    network = try SegmentAnything(w, configuration)
  }

  init(_ network: SegmentAnything) { self.network = network }

  var imageSize: Int { network.imageSize }

  func outputs(for inputs: [String: Tensor]) throws -> [String: Tensor] {
    try network.outputs(for: inputs)
  }

  func embed(_ image: Tensor) throws -> ImageEmbedding {
    reads.add()
    let read = try network.embed(image)
    return ImageEmbedding(features: try read.features * scale, positions: read.positions)
  }

  func positions() throws -> Tensor { try network.positions() }

  func encode(_ prompts: PromptTensors) throws -> EncodedPrompts { try network.encode(prompts) }

  func decode(
    _ image: ImageEmbedding, _ prompts: EncodedPrompts, multimask: Bool
  ) throws -> MaskCandidates {
    try network.decode(image, prompts, multimask: multimask)
  }
}

/// A cache folder of its own, and a small network.
final class CacheScene: Sendable {
  let folder = URL(fileURLWithPath: Temporary.path("embeddings"))
  let model: CountingModel

  init() throws { model = CountingModel(try SessionTests.model()) }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func session(
    slice: Int = 1, limit: Int = 1 << 20, weights: String = "w", model: CountingModel? = nil
  ) throws -> Session {
    try Session(
      model ?? self.model,
      PromptPreparation(normalisation: .minMax, fitting: .padded, resampling: .area),
      image: SessionTests.image, slice: slice, window: nil,
      memory: EmbeddingMemory(
        cache: EmbeddingCache(folder: folder, limit: limit), id: "small/seed", weights: weights,
        precision: "float32"))
  }

  /// The scores of one mask, which any change of the features changes.
  static func answer(of session: Session) throws -> [Float] {
    let prompt = ObjectPrompt(points: [.init(x: 20, y: 10)])
    return try session.segment([prompt])[0][0].coarse.tensor.floats()
  }
}

@Suite struct EmbeddingCacheTests {
  private let scene: CacheScene

  init() throws { scene = try CacheScene() }

  @Test func theSecondSessionReadsNothingAndAnswersTheSame() throws {
    let first = try scene.session()
    let second = try scene.session()
    #expect(scene.model.reads.value == 1)
    #expect(first.embeddingUse == EmbeddingUse(origin: .computed))
    #expect(second.embeddingUse == EmbeddingUse(origin: .cached))
    #expect(try CacheScene.answer(of: first) == CacheScene.answer(of: second))
    #expect(scene.files.count == 1)

    // Without a cache the features are not rounded: close, but not the same.
    let plain = try SessionTests.session()
    #expect(plain.embeddingUse.origin == .computed)
    let exact = plain.embedding.features
    let rounded = try exact.to(.float16).to(.float32)
    #expect(try first.embedding.features.floats() == rounded.floats())
    #expect(try first.embedding.features.floats() != exact.floats())
    for (ours, theirs) in zip(try CacheScene.answer(of: first), try CacheScene.answer(of: plain)) {
      #expect(abs(ours - theirs) < 1e-2)
    }
  }

  @Test func everyIngredientCounts() throws {
    let image = try Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2])
    let other = try Tensor([1, 2, 3, 5] as [Float], shape: [1, 1, 2, 2])
    let wide = try Tensor([1, 2, 3, 4] as [Float], shape: [1, 1, 1, 4])
    func key(
      _ input: Tensor, _ model: String = "ab", _ weights: String = "c",
      _ precision: String = "float32", _ device: Device = .cpu
    ) throws -> String {
      try EmbeddingCache.Key(
        input: input, model: model, weights: weights, precision: precision, device: device
      ).text
    }
    let keys = try [
      key(image), key(other), key(wide), key(image, "a"), key(image, "a", "bc"),
      key(image, "ab", "d"), key(image, "ab", "c", "bfloat16"),
      key(image, "ab", "c", "float32", .cuda(0)),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(try key(image) == keys[0])
    #expect(keys.allSatisfy { $0.wholeMatch(of: #/[0-9a-f]{64}/#) != nil })
  }

  /// The two slices of the image are equal, and what counts is what the network reads.
  @Test func equalPixelsAreReadOnceByTheSameWeights() throws {
    #expect(try scene.session(slice: 0).embeddingUse.origin == .computed)
    #expect(try scene.session(slice: 1).embeddingUse.origin == .cached)
    #expect(try scene.session(weights: "v").embeddingUse.origin == .computed)
    #expect(scene.model.reads.value == 2 && scene.files.count == 2)
  }

  @Test(arguments: ["bit", "short", "empty", "text", "other", "type", "link"])
  func anEntryThatIsNotWhatItShouldBeIsMadeAnew(damage: String) throws {
    let answer = try CacheScene.answer(of: scene.session())
    let entry = scene.url(try #require(scene.files.first))
    let sound = try Data(contentsOf: entry)
    switch damage {
    case "bit":
      var bytes = sound
      bytes[bytes.count - 9] ^= 1
      try bytes.write(to: entry)
    case "short": try sound.dropLast(4).write(to: entry)
    case "empty": try Data().write(to: entry)
    case "text": try Data("no embedding".utf8).write(to: entry)
    case "other":
      _ = try scene.session(weights: "v")
      let other = try #require(scene.files.first { $0 != entry.lastPathComponent })
      try FileManager.default.removeItem(at: entry)
      try FileManager.default.moveItem(at: scene.url(other), to: entry)
    case "type":
      let file = try WeightFile(contentsOf: entry.path)
      let features = try #require(file.tensors["features"])
      let bytes = try features.contiguousBytes()
      let record = TensorRecord(
        name: "features", dtype: .bfloat16, shape: features.shape, bytes: bytes)
      try WeightFile.writeSafetensors([record], metadata: file.metadata, to: entry.path)
    default:
      try FileManager.default.moveItem(at: entry, to: scene.url("elsewhere"))
      try FileManager.default.createSymbolicLink(
        at: entry, withDestinationURL: scene.url("elsewhere"))
    }
    let before = scene.model.reads.value
    let healed = try scene.session()
    #expect(scene.model.reads.value == before + 1)
    #expect(healed.embeddingUse == EmbeddingUse(origin: .computed))
    #expect(try CacheScene.answer(of: healed) == answer)
    #expect(try Data(contentsOf: entry) == sound)
    #expect(try scene.session().embeddingUse.origin == .cached)
  }

  @Test func whatWasNotUsedForTheLongestTimeGoesFirst() throws {
    _ = try scene.session(weights: "a")
    let size = try Data(contentsOf: scene.url(scene.files[0])).count
    let limit = 3 * size + 1024  // what a header may take
    func entry(after known: Set<String>) throws -> String {
      try #require(Set(scene.files).subtracting(known).first)
    }
    let a = scene.files[0]
    _ = try scene.session(limit: limit, weights: "b")
    let b = try entry(after: [a])
    _ = try scene.session(limit: limit, weights: "c")
    let c = try entry(after: [a, b])
    for (name, age) in [(a, 300.0), (b, 200.0), (c, 100.0)] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: scene.url(name).path)
    }
    #expect(try scene.session(limit: limit, weights: "a").embeddingUse.origin == .cached)
    _ = try scene.session(limit: limit, weights: "d")
    let d = try entry(after: [a, b, c])
    #expect(Set(scene.files) == [a, c, d])
  }

  @Test func aFolderThatCannotBeWrittenCostsANoteOnly() throws {
    let answer = try CacheScene.answer(of: scene.session())
    try FileManager.default.removeItem(at: scene.folder)
    try Data().write(to: scene.folder)  // a file where a folder should be
    let session = try scene.session()
    let note = try #require(session.embeddingUse.note)
    #expect(session.embeddingUse.origin == .computed)
    #expect(note.contains(scene.folder.path) && !note.contains("\n"))
    #expect(try CacheScene.answer(of: session) == answer)
  }

  @Test func anEntryBeyondTheLimitIsNotKept() throws {
    let session = try scene.session(limit: 100)
    let note = try #require(session.embeddingUse.note)
    #expect(note.contains("VESALIUS_EMBEDDING_CACHE allows 100"))
    #expect(scene.files.isEmpty)
  }

  @Test func whatFloat16CannotHoldIsNeitherRoundedNorKept() throws {
    var model = scene.model
    model.scale = 1e6
    let session = try scene.session(model: model)
    #expect(session.embeddingUse.note?.contains("float16") == true)
    #expect(scene.files.isEmpty)
    #expect(try session.embedding.features.absolute().largest().item() > 65504)
  }

  @Test func sessionsAtOnceDoNotDisturbEachOther() async throws {
    let scene = scene
    let answers = try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 {
        let model = scene.model
        let folder = scene.folder
        group.addTask {
          let memory = EmbeddingMemory(
            cache: EmbeddingCache(folder: folder), id: "small/seed", weights: "w",
            precision: "float32")
          let session = try Session(
            model,
            PromptPreparation(normalisation: .minMax, fitting: .padded, resampling: .area),
            image: SessionTests.image, slice: 1, window: nil, memory: memory)
          return try CacheScene.answer(of: session)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(answers).count == 1)
    #expect(scene.files.count == 1)
    #expect(try scene.session().embeddingUse.origin == .cached)
  }

  @Test func theEnvironmentSetsTheSize() throws {
    func limit(_ text: String?) throws -> Int? {
      let environment = text.map { ["VESALIUS_EMBEDDING_CACHE": $0] } ?? [:]
      return try EmbeddingCache.configured(folder: scene.folder, environment: environment)?.limit
    }
    #expect(try limit(nil) == 4 << 30)
    #expect(try limit("") == 4 << 30)
    #expect(try limit("0") == nil)
    #expect(try limit("0G") == nil)
    #expect(try limit("1000000") == 1_000_000)
    #expect(try limit("500M") == 500 << 20)
    #expect(try limit("2g") == 2 << 30)
    for text in ["G", "-1", "4GB", "1.5G", "9999999999999G", "much"] {
      let error = #expect(throws: BadCacheSize.self) { try limit(text) }
      #expect(error?.description.contains("'\(text)'") == true)
    }
  }
}
