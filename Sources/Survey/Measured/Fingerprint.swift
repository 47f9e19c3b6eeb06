// The hash by which a run is known.

import Crypto
import Foundation

enum Fingerprint {
  /// SHA-256 in hexadecimal digits.
  static func sha256(_ text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }
}
