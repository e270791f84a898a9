// Recognizes files that are not read here, by their first bytes or by the names of an archive's entries, for errors
// that say how to convert the model.

import { describeValue } from '../errors.ts'
import { failFormat } from './formatError.ts'
import { isHdf5 } from './hdf5/signature.ts'

/** A format that a file seems to have, and the remedy. */
interface Kind {
  readonly is: string
  readonly remedy: string
}

const SAVE = 'Save the model with Keras 3: model.save("model.keras").'
const SAVE_WEIGHTS = 'Save the weights with Keras 3: model.save_weights("model.weights.h5").'
const CHECK_SOURCE = 'Check the address and the download.'
const FROM_H5 = 'load that in Keras 3 (keras.models.load_model("model.h5")) and save it as model.keras.'
const FROM_KERAS_1 = 'Load it in Keras 2 (pip install tf_keras), and save it again.'
const FROM_KERAS_2 = `Load it in Keras 2 (pip install tf_keras), save it as model.h5, ${FROM_H5}`
const WEIGHTS_ALONE =
  'It holds no architecture: build the model in Keras 3, load these weights and save it whole, as model.keras.'

const beginsWith = (bytes: Uint8Array, signature: readonly number[], at: number): boolean =>
  signature.every((byte, i) => bytes[at + i] === byte)

/** Signatures of binary formats. */
const signatures: readonly (readonly [at: number, signature: readonly number[], kind: Kind])[] = [
  [0, [0x1f, 0x8b], { is: 'a gzip archive', remedy: 'Unpack it, and load the .keras file that is in it.' }],
  [4, [0x54, 0x46, 0x4c, 0x33], { is: 'a TensorFlow Lite model', remedy: `It holds no layers. ${SAVE}` }],
  [0, [0x80, 0x02], { is: 'a Python pickle', remedy: SAVE }],
  [0, [0x80, 0x04], { is: 'a Python pickle', remedy: SAVE }],
  [0, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], { is: 'a NumPy array', remedy: WEIGHTS_ALONE }],
  [0, [0x08, 0x01, 0x12], { is: 'the saved_model.pb of a TensorFlow SavedModel', remedy: FROM_KERAS_2 }],
  [0, [0x50, 0x4b, 0x05, 0x06], { is: 'a zip archive without entries', remedy: SAVE }],
]

/** Throws: `bytes` begin as no file that is read here, of a model or, where that is meant, of weights. */
export function failForeignFile(where: string, bytes: Uint8Array, isOfWeights = false): never {
  const { is, remedy } = kindOf(bytes)
  return failFormat(where, {
    expected: `${isOfWeights ? 'weights in ' : ''}a .keras or .h5 file`,
    got: is,
    remedy: isOfWeights && remedy === SAVE ? SAVE_WEIGHTS : remedy,
  })
}

function kindOf(bytes: Uint8Array): Kind {
  if (bytes.length === 0) return { is: 'an empty file', remedy: CHECK_SOURCE }
  const found = signatures.find(([at, signature]) => beginsWith(bytes, signature, at))
  if (found) return found[2]
  for (let at = 512; at < Math.min(bytes.length, 2 ** 20); at *= 2)
    if (isHdf5(bytes.subarray(at, at + 8)))
      return {
        is: `an HDF5 file behind a block of ${at} bytes`,
        remedy: 'Cut that: h5unjam -i old.h5 -o new.h5.',
      }
  return textKind(new TextDecoder().decode(bytes.subarray(0, 4096)).trimStart(), bytes)
}

function textKind(text: string, bytes: Uint8Array): Kind {
  if (text.startsWith('version https://git-lfs.github.com/')) {
    const size = /^size (\d+)$/m.exec(text)?.[1]
    const is = `a Git LFS pointer, which stands for a file of ${size ?? 'many'} bytes`
    return { is, remedy: 'Run "git lfs pull" where the file comes from, or download the file itself.' }
  }
  if (/^<(!doctype html|html|head|body)/i.test(text)) {
    const remedy =
      'Servers answer so where they have no such file: check the address (with Vite, files lie in public/).'
    return { is: 'a page of HTML', remedy }
  }
  if (text.startsWith('<')) return { is: `XML, ${describeValue(text)}`, remedy: CHECK_SOURCE }
  if (text.startsWith('{')) return jsonKind(text)
  if (/^[\t\n\r -~]+$/.test(text)) return { is: `the text ${describeValue(text)}`, remedy: CHECK_SOURCE }
  const first = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return { is: `${bytes.length} bytes beginning ${first}`, remedy: SAVE }
}

function jsonKind(text: string): Kind {
  if (text.includes('"class_name"')) {
    const is = "JSON of Keras, a model's architecture without its weights"
    return { is, remedy: 'Save the model whole: model.save("model.keras").' }
  }
  return { is: `JSON, ${describeValue(text)}`, remedy: CHECK_SOURCE }
}

/** Throws: an archive of these entries lacks `missing`. */
export function failForeignArchive(where: string, names: readonly string[], missing: string): never {
  const { is, remedy } = archiveKind(names)
  return failFormat(where, { expected: `an entry "${missing}"`, got: is, remedy })
}

function archiveKind(names: readonly string[]): Kind {
  const named = (pattern: RegExp): string | undefined => names.find((name) => pattern.test(name))
  if (named(/(^|\/)saved_model\.pb$/))
    return { is: 'a zipped SavedModel of TensorFlow', remedy: FROM_KERAS_2 }
  const inner = named(/\.keras$/)
  if (inner) {
    const remedy = `Unpack it, and load the .keras file that is in it.`
    return { is: `a zip archive around ${describeValue(inner)}`, remedy }
  }
  if (named(/(^|\/)model\.json$/)) {
    const remedy = 'Unpack it, and give its files in a list, or the handle of their folder.'
    return { is: 'a zipped model of TensorFlow.js', remedy }
  }
  const nested = named(/\/(config|metadata)\.json$/)
  if (nested) {
    const remedy = 'Zip the files themselves, not the folder that holds them.'
    return { is: `${describeValue(nested)}, in a folder of the archive`, remedy }
  }
  if (named(/(^|\/)data\.pkl$/)) return { is: 'an archive of PyTorch', remedy: SAVE }
  if (named(/\.npy$/)) return { is: 'an archive of NumPy arrays (.npz)', remedy: WEIGHTS_ALONE }
  return { is: describeValue(names), remedy: SAVE }
}

/** Throws: the file comes from Keras 1, which describes layers and weights differently. */
export const failKeras1 = (where: string, version: string): never =>
  failFormat(where, {
    expected: 'a file of Keras 2 or 3',
    got: `one of Keras ${version}`,
    remedy: FROM_KERAS_1,
  })
