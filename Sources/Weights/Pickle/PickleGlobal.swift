// The short list of Python names that a weight file may use: those that only build data.

/// What a permitted Python name builds.
enum PickleGlobal {
  case dictionary
  case defaultDictionary
  case namespace
  case list
  case tuple
  case bytes
  case path(separator: String)
  case encode
  /// A class that may be mentioned, but not called.
  case mention(String)
  case rebuildTensor
  case rebuildTypedTensor
  case rebuildParameter
  case rebuildFromType
  /// A storage class; nil where its elements have no type.
  case storage(StoredType?)
  case elementType(StoredType, name: String)
  case device
  case reconstructArray
  case arrayFromBuffer
  case numpyScalar
  case numpyType
  /// A helper of TorchScript that returns its first argument.
  case identity
  /// A module class of TorchScript, kept as a dictionary of its attributes.
  case module

  /// The permitted meaning of a name, or nil.
  init?(module: String, name: String, allowsModules: Bool) {
    if let known = Self.known["\(module).\(name)"] {
      self = known
    } else if allowsModules, module == "__torch__" || module.hasPrefix("__torch__.") {
      self = .module
    } else {
      return nil
    }
  }

  /// Quantised storages, which are data too, but of numbers that no tensor here holds.
  static func isQuantised(module: String, name: String) -> Bool {
    module == "torch"
      && ["QInt8", "QUInt8", "QInt32", "QUInt4x2", "QUInt2x4"].contains {
        name == "\($0)Storage" || name == $0.lowercased()
      }
  }

  private static let known: [String: PickleGlobal] = {
    var table: [String: PickleGlobal] = [
      "collections.OrderedDict": .dictionary,
      "collections.Counter": .dictionary,
      "collections.defaultdict": .defaultDictionary,
      "argparse.Namespace": .namespace,
      "_codecs.encode": .encode,
      "torch._utils._rebuild_tensor": .rebuildTensor,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_tensor_v3": .rebuildTypedTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
      "torch._tensor._rebuild_from_type_v2": .rebuildFromType,
      "torch.Tensor": .mention("torch.Tensor"),
      "torch.nn.parameter.Parameter": .mention("torch.nn.parameter.Parameter"),
      "torch.nn.parameter.Buffer": .mention("torch.nn.parameter.Buffer"),
      "torch.Size": .tuple,
      "torch.device": .device,
      "torch.storage.UntypedStorage": .storage(nil),
      "torch.storage.TypedStorage": .storage(nil),
      "torch.UntypedStorage": .storage(nil),
      "numpy.ndarray": .mention("numpy.ndarray"),
      "numpy.dtype": .numpyType,
      "torch.jit._pickle.restore_type_tag": .identity,
    ]
    for module in ["builtins", "__builtin__"] {
      table["\(module).dict"] = .dictionary
      table["\(module).list"] = .list
      table["\(module).tuple"] = .tuple
      table["\(module).set"] = .list
      table["\(module).frozenset"] = .list
      table["\(module).bytes"] = .bytes
      table["\(module).bytearray"] = .bytes
      for name in ["int", "float", "bool", "str"] {
        table["\(module).\(name)"] = .mention(name)
      }
    }
    for module in ["pathlib", "pathlib._local"] {
      for name in ["Path", "PurePath", "PosixPath", "PurePosixPath"] {
        table["\(module).\(name)"] = .path(separator: "/")
      }
      for name in ["WindowsPath", "PureWindowsPath"] {
        table["\(module).\(name)"] = .path(separator: "\\")
      }
    }
    for core in ["numpy.core", "numpy._core"] {
      table["\(core).multiarray._reconstruct"] = .reconstructArray
      table["\(core).multiarray.scalar"] = .numpyScalar
      table["\(core).numeric._frombuffer"] = .arrayFromBuffer
    }
    for kind in ["int", "double", "bool", "tensor"] {
      table["torch.jit._pickle.build_\(kind)list"] = .identity
    }
    for (name, type) in storages {
      table["torch.\(name)Storage"] = .storage(type)
      table["torch.storage.\(name)Storage"] = .storage(type)
      table["torch.cuda.\(name)Storage"] = .storage(type)
    }
    for (name, type) in elementTypes {
      table["torch.\(name)"] = .elementType(type, name: "torch.\(name)")
    }
    return table
  }()

  private static let storages: [(String, StoredType)] = [
    ("Float", .float32), ("Double", .float64), ("Half", .float16), ("BFloat16", .bfloat16),
    ("Long", .int64), ("Int", .int32), ("Short", .int16), ("Char", .int8), ("Byte", .uint8),
    ("Bool", .bool), ("ComplexFloat", .complex64), ("ComplexDouble", .complex128),
  ]

  private static let elementTypes: [(String, StoredType)] = [
    ("float32", .float32), ("float", .float32), ("float64", .float64), ("double", .float64),
    ("float16", .float16), ("half", .float16), ("bfloat16", .bfloat16), ("int64", .int64),
    ("long", .int64), ("int32", .int32), ("int", .int32), ("int16", .int16), ("short", .int16),
    ("int8", .int8), ("uint8", .uint8), ("bool", .bool), ("uint16", .uint16),
    ("uint32", .uint32), ("uint64", .uint64), ("complex64", .complex64),
    ("complex128", .complex128), ("float8_e4m3fn", .float8E4M3), ("float8_e5m2", .float8E5M2),
    ("float8_e8m0fnu", .float8E8M0),
  ]
}
