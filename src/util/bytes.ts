// Bytes of files.

export const sizeOfBytes = (arrays: readonly Uint8Array[]): number =>
  arrays.reduce((sum, { length }) => sum + length, 0)

/** All arrays in one. */
export function joined(arrays: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOfBytes(arrays))
  let at = 0
  for (const array of arrays) {
    bytes.set(array, at)
    at += array.length
  }
  return bytes
}
