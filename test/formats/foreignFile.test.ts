/** loadModel on what is no model of Keras: the error says what it is, and how to get one. */
import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { writeHdf5 } from '../../src/formats/hdf5/writer.ts'
import { FormatError, loadModel } from '../../src/index.ts'
import { goldenCase } from '../support/golden.ts'
import { changedFile, entriesOf } from '../support/kerasFiles.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
const zip = (...names: string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map((name) => [name, bytes(0)])))
const { modelBytes } = goldenCase('vanilla')

const save = 'Save the model with Keras 3: model.save("model.keras").'
const fromH5 = 'load that in Keras 3 (keras.models.load_model("model.h5")) and save it as model.keras.'
const fromKeras2 = `Load it in Keras 2 (pip install tf_keras), save it as model.h5, ${fromH5}`
const noArchitecture =
  'It holds no architecture: build the model in Keras 3, load these weights and save it whole, as model.keras.'
const source = 'Check the address and the download.'

test.each<[string, Uint8Array, string]>([
  ['nothing', bytes(), `an empty file. ${source}`],
  ['noise', bytes(7, 8, 9), `3 bytes beginning 07 08 09. ${save}`],
  [
    'a Git LFS pointer',
    text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 43112\n'),
    'a Git LFS pointer, which stands for a file of 43112 bytes. Run "git lfs pull" where the file comes from, or download the file itself.',
  ],
  [
    'a dev server’s index.html',
    text('<!doctype html>\n<html lang="en">'),
    'a page of HTML. Servers answer so where they have no such file: check the address (with Vite, files lie in public/).',
  ],
  ['an error of a store', text('<Error>Denied</Error>'), `XML, "<Error>Denied</Error>". ${source}`],
  [
    'what to_json writes',
    text('{"class_name": "Sequential", "config": {}}'),
    'JSON of Keras, a model\'s architecture without its weights. Save the model whole: model.save("model.keras").',
  ],
  ['other JSON', text('{"error": 404}'), `JSON, "{\\"error\\": 404}". ${source}`],
  ['text', text('Not Found'), `the text "Not Found". ${source}`],
  ['gzip', bytes(0x1f, 0x8b, 8, 0), 'a gzip archive. Unpack it, and load the .keras file that is in it.'],
  [
    'TensorFlow Lite',
    bytes(0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33),
    `a TensorFlow Lite model. It holds no layers. ${save}`,
  ],
  ['a pickle', bytes(0x80, 4, 0x95), `a Python pickle. ${save}`],
  ['NumPy', bytes(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1), `a NumPy array. ${noArchitecture}`],
  ['a SavedModel', bytes(8, 1, 0x12, 9), `the saved_model.pb of a TensorFlow SavedModel. ${fromKeras2}`],
  ['an empty zip archive', zipSync({}), `a zip archive without entries. ${save}`],
])('%s', async (_, file, message) => {
  await expect(loadModel(file)).rejects.toThrow(
    new FormatError(`loadModel: expected a .keras or .h5 file, got ${message}`),
  )
})

test.each<[string, Uint8Array, string]>([
  [
    'a zipped SavedModel',
    zip('m/saved_model.pb', 'm/variables/'),
    `a zipped SavedModel of TensorFlow. ${fromKeras2}`,
  ],
  [
    'TensorFlow.js',
    zip('model.json', 'group1-shard1of1.bin'),
    'a zipped model of TensorFlow.js. Unpack it, and give its files in a list, or the handle of their folder.',
  ],
  [
    'a zipped .keras',
    zip('best.keras'),
    'a zip archive around "best.keras". Unpack it, and load the .keras file that is in it.',
  ],
  [
    'a zipped folder',
    zip('model/config.json', 'model/metadata.json'),
    '"model/config.json", in a folder of the archive. Zip the files themselves, not the folder that holds them.',
  ],
  ['PyTorch', zip('archive/data.pkl'), `an archive of PyTorch. ${save}`],
  ['NumPy', zip('arr_0.npy'), `an archive of NumPy arrays (.npz). ${noArchitecture}`],
  ['pictures', zip('a.png', 'b.png'), `["a.png", "b.png"]. ${save}`],
])('a zip archive: %s', async (_, file, message) => {
  await expect(loadModel(file)).rejects.toThrow(
    new FormatError(`loadModel: expected an entry "metadata.json", got ${message}`),
  )
})

test.each<[string, Uint8Array, string]>([
  [
    'weights alone',
    entriesOf(modelBytes)['model.weights.h5'] ?? bytes(),
    'weights alone. Build the model here, and call its loadWeights; or save it whole: model.save("model.keras").',
  ],
  [
    'data of others',
    new Uint8Array(Buffer.concat(writeHdf5({ children: new Map() }))),
    `an HDF5 file that Keras did not write. ${save}`,
  ],
])('HDF5: %s', async (_, file, message) => {
  await expect(loadModel(file)).rejects.toThrow(
    new FormatError(
      `loadModel: expected a model in an HDF5 file, with an attribute model_config, got ${message}`,
    ),
  )
})

test('an option that there is not', async () => {
  await expect(
    loadModel(
      changedFile(() => {}),
      { compiled: false } as object,
    ),
  ).rejects.toThrow(
    "loadModel: expected only the options compile, customObjects, signal, onProgress, got 'compiled'. Did you mean 'compile'?",
  )
})
