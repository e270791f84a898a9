// Texts as bytes in UTF-8.

/** The bytes of a text in UTF-8. The encoder is made here and not before: Jest's jsdom has no such class, and imports the package all the same. */
export const encodeText = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
