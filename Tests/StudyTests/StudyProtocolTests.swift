// A protocol survives the way to its file and back, and a wrong one is refused by name.

import Foundation
import Testing

@testable import Study

@Suite struct StudyProtocolTests {
  @Test func isTheSameAfterReading() throws {
    let scene = try StudyScene()
    var study = try scene.study(["baseline/otsu", "sam-vit-t@untrained", "other=masks, of others"])
    study.labels = ["disc", "1"]
    study.cases = ["case0", "null", "0012", "yes"]
    study.models[0].labels = ["a: b": "1"]
    study.models[2].given = "human"
    study.options.nsdToleranceMM = 1.25
    study.published = "published.csv"
    study.seed = .max
    let file = scene("protocol.yaml")
    try study.yaml().write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try StudyProtocol(contentsOf: file) == study)
    let text = try study.yaml()
    for entry in ["format", "dataset", "split", "prompts", "statistics", "seed"] {
      #expect(text.contains("\n\(entry):"))
    }
  }

  @Test(arguments: [
    ("metric: [dice]\n", "unknown entry 'metric'"), ("format: 1\n", "'dataset' is missing"),
    ("models: [{name: a, modell: b}]\n", "'models', entry 1, has the unknown entry 'modell'"),
    ("models: [{name: a}, {weight: b}]\n", "'models', entry 2, has the unknown entry 'weight'"),
    ("split: {colum: a}\n", "'split' has the unknown entry 'colum'"),
    ("statistics: {resample: 5}\n", "'statistics' has the unknown entry 'resample'"),
    ("options: {nsdTolerance: 1}\n", "'options' has the unknown entry 'nsdTolerance'"),
    ("format: 1\noptions: {percentileDefinition: x}\n", "'dataset' is missing"),
    ("[", "not valid YAML"), ("format: none\ndataset: x\n", "'format' has a value of another kind"),
  ])
  func namesWhatIsWrong(text: String, words: String) throws {
    let scratch = try Scratch(["p.yaml": text])
    let path = scratch("p.yaml")
    let error = #expect(throws: StudyError.self) { try StudyProtocol(contentsOf: path) }
    #expect(String(describing: error).contains(words), "\(String(describing: error))")
  }

  @Test func anotherFormatIsRefused() throws {
    let scene = try StudyScene()
    var study = try scene.study(["baseline/otsu"])
    study.format = 2
    let file = scene("protocol.yaml")
    try study.yaml().write(toFile: file, atomically: true, encoding: .utf8)
    #expect(
      throws: StudyError.badProtocol(
        path: file, reason: "its format is 2; this version reads format 1")
    ) { try StudyProtocol(contentsOf: file) }
  }

  @Test func entrantsAreReadAsTheCommandLineNamesThem() {
    #expect(Entrant(parsing: "lwnet") == Entrant(name: "lwnet", model: "lwnet"))
    #expect(
      Entrant(parsing: "lwnet/drive@w.pth")
        == Entrant(name: "lwnet/drive", model: "lwnet/drive", weights: "w.pth"))
    #expect(
      Entrant(parsing: "sam-vit-t@untrained")
        == Entrant(name: "sam-vit-t (untrained)", model: "sam-vit-t", weights: "untrained"))
    #expect(
      Entrant(parsing: "nnU-Net=out/masks") == Entrant(name: "nnU-Net", predictions: "out/masks"))
    #expect(
      Entrant(parsing: "sam@/a=b.pth") == Entrant(name: "sam", model: "sam", weights: "/a=b.pth"))
    #expect(Entrant(parsing: "x=a@b") == Entrant(name: "x", predictions: "a@b"))
    #expect(
      Entrant(parsing: "nnU-Net:oracle=out")
        == Entrant(name: "nnU-Net", predictions: "out", given: "oracle"))
    #expect(Entrant(parsing: "fold: 0=out") == Entrant(name: "fold: 0", predictions: "out"))
  }

  @Test func entrantsOfOneModelAreToldApart() {
    let entrants = Entrant.list(parsing: [
      "lwnet@x/a.pth", "lwnet@b.safetensors", "sam-vit-t@c.pth", "lwnet", "lwnet@untrained",
    ])
    #expect(
      entrants.map(\.name) == [
        "lwnet (a)", "lwnet (b)", "sam-vit-t", "lwnet", "lwnet (untrained)",
      ])
    #expect(
      entrants.map(\.weights) == ["x/a.pth", "b.safetensors", "c.pth", nil, "untrained"])
  }

  @Test func pathsBecomeAbsolute() throws {
    let scene = try StudyScene()
    var study = try scene.study(["lwnet@w/../a.pth", "lwnet@untrained", "m=/there/", "n=here"])
    study.dataset = "../data"
    study.published = "p.csv"
    let absolute = study.absolute(from: "/x/y")
    #expect(absolute.dataset == "/x/data")
    #expect(absolute.published == "/x/y/p.csv")
    #expect(absolute.models.map(\.weights) == ["/x/y/a.pth", "untrained", nil, nil])
    #expect(absolute.models.map(\.predictions) == [nil, nil, "/there", "/x/y/here"])
    #expect(absolute.absolute(from: "/z") == absolute)
  }
}
