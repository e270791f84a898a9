// How files begin.

const BEGIN = 4096
const ZIP = [0x50, 0x4b, 0x03, 0x04]

/** Whether bytes begin as a safetensors file does: the length of a header below 4 GiB, and JSON. */
export const isSafetensors = (bytes: Uint8Array): boolean =>
  bytes.length > 8 && bytes[8] === 0x7b && bytes.subarray(4, 8).every((byte) => byte === 0)

/** Whether bytes begin as the model.json of TensorFlow.js does. */
export function isTfjs(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes.subarray(0, BEGIN)).trimStart()
  return text.startsWith('{') && /"(modelTopology|weightsManifest)"|"(layers|graph)-model"/.test(text)
}

/** Whether bytes begin as a zip archive does: with the header of its first entry. */
export const isZip = (bytes: Uint8Array): boolean => ZIP.every((byte, i) => bytes[i] === byte)
