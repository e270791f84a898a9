// Bytes as base64.

/** A multiple of three, so that pieces have no padding between them; few enough to be arguments of one call. */
const PIECE = 3 * 2 ** 13

export function base64Of(bytes: Uint8Array): string {
  const pieces: string[] = []
  for (let at = 0; at < bytes.length; at += PIECE)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))))
  return pieces.join('')
}
