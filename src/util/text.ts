// Texts as bytes in UTF-8.

/** Made when a text is encoded: Jest's jsdom has no such class, and imports the package all the same. */
let encoder: TextEncoder | null = null

/** The bytes of a text in UTF-8. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  encoder ??= new TextEncoder()
  return encoder.encode(text)
}
