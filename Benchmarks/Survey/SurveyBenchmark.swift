// Prints how long every kind of question takes on a survey of a million values, the median and the slowest of five
// times; with a database as argument, how long on that one.

import Foundation
import Survey

@main
struct SurveyBenchmark {
  private static let models = 2000
  private static let datasets = 500

  static func main() throws {
    if CommandLine.arguments.count > 1 {
      return try ask(SurveyDatabase.open(CommandLine.arguments[1], for: .reading))
    }
    let folder = NSTemporaryDirectory() + "survey-benchmark-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let clock = ContinuousClock()
    try write(to: folder)
    let path = folder + "/survey.sqlite"
    let importing = try clock.measure {
      _ = try SurveyDatabase.importing([folder], into: path, begin: SurveyContent())
    }
    print("\(models * datasets) values of \(models) models on \(datasets) data sets")
    print("import: \(milliseconds(importing)) ms")
    try ask(SurveyDatabase.open(path, for: .reading))
  }

  private static func ask(_ database: SurveyDatabase) throws {
    let clock = ContinuousClock()
    var slowest = 0
    for (name, question) in questions(database) {
      let times = try (0..<5).map { _ in try milliseconds(clock.measure(question)) }
      let sorted = times.sorted()
      slowest = max(slowest, sorted[2])
      print("\(name): \(sorted[2]) ms, slowest \(sorted[4]) ms")
    }
    print("slowest median: \(slowest) ms")
  }

  private static func questions(
    _ database: SurveyDatabase
  ) -> [(String, () throws -> Void)] {
    func query(
      _ name: String, offset: Int = 0, _ change: (inout SurveyFilter) -> Void
    ) -> (String, () throws -> Void) {
      var filter = SurveyFilter()
      change(&filter)
      let asked = filter
      return ("query, \(name)", { _ = try database.query(asked, limit: 50, offset: offset) })
    }
    return [
      query("everything") { _ in },
      query("page 1000", offset: 50_000) { _ in },
      query("one data set") { $0[.dataset] = ["set-17"] },
      query("one model") { $0[.model] = ["model-400"] },
      query("one cell") {
        $0[.model] = ["model-400"]
        $0[.dataset] = ["set-17"]
      },
      query("framework") { $0[.framework] = ["task-specific"] },
      query("region and branch") {
        $0[.region] = ["Head"]
        $0[.branch] = ["sam2"]
      },
      query("year") { $0.years = 2024...2024 },
      query("budget") { $0.maxParametersMillions = 5 },
      query("rare architecture") { $0[.architecture] = ["Graph"] },
      query("words") { $0.words = "model 7" },
      query("measured only") { $0.kinds = [.measured] },
      query("without doubts") { $0.withoutDoubts = true },
      (
        "compare by region",
        { _ = try database.compare("generalist", "task-specific", by: .region) }
      ),
      ("compare two models", { _ = try database.compare("model-1", "model-3") }),
      ("gaps by data set", { _ = try database.coverage(by: .dataset) }),
      ("gaps by model", { _ = try database.coverage(by: .model) }),
      ("gaps of a model", { _ = try database.missing(.model, "model-8") }),
      ("timeline", { _ = try database.timeline() }),
    ]
  }

  private static func write(to folder: String) throws {
    let branches = ["sam", "task-specific", "image-only", "task-specific", "sam2", "image-text"]
    let regions = ["Abdomen", "Head", "Thorax", "Pelvis"]
    var rows = [
      "id,name,title,framework,branch,fusion_level,adaptation,architecture,visual_backbone,"
        + "params_millions,gflops,train_gpus_count,train_gpu,train_vram_total_gb,first_date,"
        + "first_venue,first_link,last_date,last_venue,last_link,code_url,affiliations"
    ]
    for model in 0..<models {
      let branch = branches[model % 6]
      let framework = branch == "task-specific" ? branch : "generalist"
      rows.append(
        "model-\(model),Model \(model),,\(framework),\(branch),,,\(model % 500 == 7 ? "Graph" : "CNN")"
          + ",3D U-Net,\(1 + model % 300),,1,A100 80GB,80,\(2015 + model % 11)-05,,,,,,,")
    }
    try save(rows, "models", folder)
    rows = [
      "id,name,full_name,modality,objects,main_structure,region,n_total,n_labelled,"
        + "related_datasets,links"
    ]
    for dataset in 0..<datasets {
      rows.append("set-\(dataset),Set \(dataset),,3D CT,Liver,Liver,\(regions[dataset % 4]),9,9,,")
    }
    try save(rows, "datasets", folder)
    rows = ["model_id,dataset_id,metric,value,kind,source_id,note"]
    rows.reserveCapacity(models * datasets + 1)
    var state: UInt64 = 1
    for model in 0..<models {
      for dataset in 0..<datasets {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let value = 40 + Double((state >> 33) % 5500) / 100
        rows.append("model-\(model),set-\(dataset),dice,\(min(value, 99)),best,,")
      }
    }
    try save(rows, "results", folder)
  }

  private static func save(_ rows: [String], _ table: String, _ folder: String) throws {
    try rows.joined(separator: "\n").appending("\n")
      .write(toFile: "\(folder)/\(table).csv", atomically: true, encoding: .utf8)
  }

  private static func milliseconds(_ duration: Duration) -> Int {
    let (seconds, attoseconds) = duration.components
    return Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }
}
