// Files that want something other than to be read: each is refused with one line that names why.

import Testing
import Weights

@Suite struct HostileFileTests {
  @Test(arguments: ["evil.pth", "evil-legacy.pth"])
  func commandsAreRefusedByName(name: String) throws {
    let text = message { _ = try Fixture.open(name) }
    #expect(text?.contains("asks to run posix.system") == true)
    #expect(text?.contains("which Vesalius never does") == true)
    #expect(text?.contains("\n") == false)
  }

  @Test func unknownClassesAreRefusedByName() throws {
    let text = message { _ = try Fixture.open("class.pth") }
    #expect(text?.contains("__main__.Other") == true)
    #expect(text?.contains("state_dict") == true)
  }

  @Test(arguments: ["os\nsystem", "builtins\neval", "subprocess\nPopen", "__torch__.a\nB"])
  func everyOtherGlobalIsRefused(global: String) {
    let text = message { _ = try pickle("c\(global)\n)R.") }
    #expect(text?.contains(global.replacing("\n", with: ".")) == true)
  }

  @Test func sharedReferencesDoNotUnfold() {
    // Forty lists, each holding the one before twice.
    let doubling = String(repeating: "]q\u{1}(h\0h\0eq\0", count: 40)
    #expect(message { _ = try pickle("]q\0" + doubling + ".") }?.contains("unfolds") == true)
  }

  @Test func deepNestingIsRefusedWithoutRecursion() {
    let depth = 100_000
    let text = String(repeating: "]", count: depth) + String(repeating: "a", count: depth - 1)
    #expect(message { _ = try pickle(text + ".") }?.contains("nested deeper") == true)
  }

  @Test func aListThatHoldsItselfIsRefused() {
    #expect(message { _ = try pickle("]q\0h\0a.") }?.contains("holds itself") == true)
  }

  @Test func copiesOfOneListAreCounted() {
    let items = String(repeating: "N", count: 20_000)
    let copies = String(repeating: "cbuiltins\nlist\nh\0\u{85}R0", count: 2_000)
    let text = message { _ = try pickle("((\(items)lq\00\(copies)N.") }
    #expect(text?.contains("again and again") == true)
  }

  @Test func manySmallDictionariesOnADeepStackStayLinear() throws {
    let dictionaries = String(repeating: "}(h\0Nu", count: 50_000)
    let start = ContinuousClock.now
    let file = try pickle("U\u{1}aq\0](\(dictionaries)e.")
    #expect(file.root?.items?.count == 50_000)
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test(arguments: ["X\u{7f}\u{7f}\u{7f}\u{7f}", "", ".", "0.", "t.", "h\u{9}.", "(", "\u{1}."])
  func brokenPicklesThrow(text: String) {
    #expect(throws: WeightsError.self) { try pickle(text) }
  }

  @Test func cutFilesThrow() throws {
    for name in ["plain.pth", "plain-legacy.pth", "plain.safetensors", "script.pt", "c.npy"] {
      let bytes = try Fixture.bytes(name)
      for length in stride(from: 0, to: bytes.count, by: 7) {
        #expect(throws: WeightsError.self) {
          try WeightFile(bytes: Array(bytes[..<length]), name: name)
        }
      }
    }
  }

  @Test(arguments: [
    ("<!DOCTYPE html>", "a web page"), ("version https://git-lfs.github.com", "git-lfs"),
    ("", "an empty file"), ("hello, world", "begins with 68 65"),
  ])
  func wrongFilesAreNamed(content: String, expected: String) {
    let text = message { _ = try WeightFile(bytes: Array(content.utf8), name: "model.pth") }
    #expect(text?.contains(expected) == true)
  }

  @Test func tarIsRefusedClearly() {
    var bytes = [UInt8](repeating: 0, count: 1024)
    bytes.replaceSubrange(257..<262, with: Array("ustar".utf8))
    let text = message { _ = try WeightFile(bytes: bytes, name: "old.pth") }
    #expect(text?.contains("tar format") == true)
  }

  @Test func missingFilesAndDevicesAreUnreadable() {
    #expect(throws: WeightsError.self) { try WeightFile(contentsOf: "nowhere/model.pth") }
    #expect(throws: WeightsError.self) { try WeightFile(contentsOf: "/dev/zero") }
  }

  /// Reads a pickle written as Latin-1 text, without its PROTO.
  @discardableResult
  private func pickle(_ text: String) throws -> WeightFile {
    let body = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    return try WeightFile(bytes: [0x80, 2] + body, name: "test.pkl")
  }
}
