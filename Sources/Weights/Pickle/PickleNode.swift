// What a pickle builds while it is read: a flat arena, so that depth and sharing cost nothing.

/// The place of a node in the arena of one pickle.
typealias PickleReference = Int

/// One value under construction; parts are places in the arena, never nested values.
enum PickleNode {
  struct Pair {
    let key: PickleReference
    let value: PickleReference
  }

  case none
  case bool(Bool)
  case int(Int)
  case large([UInt8])
  case float(Double)
  case string(String)
  /// A string of Python 2, which is text or bytes depending on who asks.
  case byteString([UInt8])
  case bytes([UInt8])
  case list([PickleReference])
  case tuple([PickleReference])
  /// `isObject` where the pairs are attributes, which BUILD sets.
  case dictionary([Pair], isObject: Bool)
  case global(PickleGlobal)
  indirect case storage(PickleStorage)
  indirect case tensor(PickleTensor)
  case numpyType(NumpyType)
  /// A numpy array, nil between its creation and BUILD.
  indirect case array(PickleArray?)
  case opaque(String)
}

/// A storage that a pickle names and the archive holds elsewhere.
struct PickleStorage {
  let key: String
  /// Nil for bytes without a type.
  let type: StoredType?
  /// Where a view of a larger storage begins, in elements.
  let offset: Int
  let count: Int
}

/// A view into a storage.
struct PickleTensor {
  let storage: PickleStorage
  let type: StoredType
  let layout: StridedLayout
  let offset: Int
}

/// The content of a numpy array.
struct PickleArray {
  let type: NumpyType
  let layout: StridedLayout
  /// Bytes, or a list for an array of objects.
  let data: PickleReference
}
