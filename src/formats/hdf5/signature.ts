// How an HDF5 file begins.

export const SIGNATURE = '\x89HDF\r\n\x1a\n'

/** Whether bytes begin as an HDF5 file does. */
export const isHdf5 = (bytes: Uint8Array): boolean =>
  [...SIGNATURE].every((letter, i) => bytes[i] === letter.charCodeAt(0))
