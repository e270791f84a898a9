// Fashion-MNIST: 70,000 pieces of clothing of 10 kinds, 10,000 of them to test on, as images of 28 × 28. The files are Keras's.
//
//   an IDX file: two zeros, 8 for bytes, the number of axes, their extents in 32 bits, big-endian, and the bytes

import { readFolder } from '../formats/folderSource.ts'
import { failFormat } from '../formats/formatError.ts'
import { readOptions } from '../util/options.ts'
import { sizeOf } from '../util/shape.ts'
import { Tensor } from '../util/tensor.ts'
import { gunzip } from './gunzip.ts'
import { ORIGIN, readKerasFile } from './kerasFile.ts'
import { type DatasetOptions, datasetOptionTable, type Loaded } from './options.ts'

const NAMES = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
] as const

/**
 * Loads images and their kinds: `const [[xTrain, yTrain], [xTest, yTest]] = await fashionMnist.loadData()`. There are four files, so that
 * `path` is that of their folder: its address, its path in Node, its handle, or a list of its files.
 *
 * @returns Tensors [images, 28, 28] of brightnesses from 0 to 255, and [images] of kinds from 0 to 9.
 * @throws {RecurraError} if a file cannot be read; in a page, too, if Keras's server refuses it (CORS).
 * @see keras/src/datasets/fashion_mnist.py
 */
export async function loadData(options?: DatasetOptions | null): Promise<Loaded<Tensor, Tensor>> {
  const where = 'fashionMnist.loadData'
  const { path, ...reading } = readOptions(where, datasetOptionTable, options)
  const files =
    path === null
      ? await Promise.all(NAMES.map((name) => readKerasFile(where, fileOf(name), { path, ...reading })))
      : await readFolder(path, NAMES, where, reading)
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
    files.map(async (file, i) => tensorOf(`${where}, "${NAMES[i]}"`, file)),
  )
  return [pair(where, trainImages, trainLabels), pair(where, testImages, testLabels)]
}

const fileOf = (name: string) => ({ name: `fashion-mnist/${name}`, origin: ORIGIN + name, hash: null })

async function tensorOf(where: string, file: Uint8Array): Promise<Tensor> {
  const bytes = await gunzip(where, file)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const axes = bytes[3] ?? 0
  const start = 4 + 4 * axes
  const isIdx = bytes.length >= start && axes > 0 && view.getUint32(0) >>> 8 === 8
  if (!isIdx) failFormat(where, { expected: 'an IDX file of bytes', got: 'other bytes' })
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis))
  const size = sizeOf(shape)
  if (size !== bytes.length - start)
    failFormat(where, { expected: `${size} bytes of content`, got: `${bytes.length - start}` })
  return new Tensor(Float32Array.from(bytes.subarray(start)), shape)
}

function pair(where: string, x: Tensor | undefined, y: Tensor | undefined): readonly [Tensor, Tensor] {
  const [images, labels] = [x?.shape[0], y?.shape[0]]
  if (!x || !y || images !== labels || y.shape.length !== 1)
    return failFormat(where, { expected: `${images} labels, one an image`, got: `${labels}` })
  return [x, y]
}
