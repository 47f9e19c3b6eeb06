// Options as a command line writes them: NAME=VALUE.

import Foundation

extension MetricOptions {
  /// The defaults with some of them set, such as `nsdToleranceMM=1` or `surfaceReading=surfaceElements`.
  ///
  /// The parts of an option are named with a dot between: `emptySurface.oneEmpty=diagonal`.
  ///
  /// - Parameter settings: one option each
  /// - Throws: ``MetricsError/optionInvalid(name:met:expected:)``
  public init(settings: [String]) throws {
    self.init()
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw MetricsError.optionInvalid(
          name: setting, met: "without a value", expected: "NAME=VALUE")
      }
      try set(parts[0], to: parts[1])
    }
  }

  private mutating func set(_ name: String, to text: String) throws {
    let encoder = JSONEncoder()
    var all =
      try JSONSerialization.jsonObject(with: encoder.encode(self)) as? [String: Any] ?? [:]
    let options = Mirror(reflecting: self).children
    let known = Set(options.compactMap(\.label))
    let path = name.split(separator: ".").map(String.init)
    let parts = options.first { $0.label == path.first }.map { option in
      Mirror(reflecting: option.value).children.compactMap(\.label)
    }
    guard let first = path.first, let parts, path.count == 1 || parts.contains(path[1]),
      path.count <= 2
    else {
      throw MetricsError.optionInvalid(
        name: name, met: "unknown", expected: "one of " + known.sorted().joined(separator: ", "))
    }
    let value: Any = Int(text) ?? Double(text) ?? Bool(text) ?? text
    if path.count == 2 {
      var inner = all[first] as? [String: Any] ?? [:]
      inner[path[1]] = value
      all[first] = inner
    } else {
      all[first] = value
    }
    do {
      let data = try JSONSerialization.data(withJSONObject: all)
      self = try JSONDecoder().decode(MetricOptions.self, from: data)
    } catch is DecodingError {
      throw MetricsError.optionInvalid(
        name: name, met: text, expected: "another kind of value; the guide of the metric names them"
      )
    }
  }
}
