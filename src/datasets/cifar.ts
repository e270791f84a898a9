// CIFAR's images of 32 × 32: an archive by tar and gzip, in which pickles hold the images, channel by channel, and their labels.

import { failFormat } from '../formats/formatError.ts'
import { unpickle } from '../formats/numpy/pickle.ts'
import { PickledArray } from '../formats/numpy/pickledObjects.ts'
import { Tensor } from '../util/tensor.ts'
import { gunzip } from './gunzip.ts'
import { type FileRequest, readKerasFile } from './kerasFile.ts'

/** Where CIFAR's archives are. */
const ORIGIN = 'https://www.cs.toronto.edu/~kriz/'
const PIXELS = 32 * 32
const CHANNELS = 3

/** An archive, of which pickles are read. */
export interface CifarArchive {
  readonly name: string
  /** Keras's name of it among the files that it keeps. */
  readonly kept: string
  readonly hash: string
}

/** Reads an archive, and gives what reads images and labels of some of its pickles. */
export async function openCifar(
  where: string,
  { name, kept, hash }: CifarArchive,
  request: FileRequest,
): Promise<(files: readonly string[], labels: string) => readonly [Tensor, Tensor]> {
  const file = { name: kept, origin: ORIGIN + name, hash }
  const archive = await gunzip(where, await readKerasFile(where, file, request))
  const files = filesIn(archive)
  return (names, labels) => {
    const batches = names.map((path) => {
      const at = `${where}, "${path}"`
      const bytes = files.get(path) ?? failFormat(at, { expected: 'this file in the archive', got: 'none' })
      return batchOf(at, bytes, labels)
    })
    const count = batches.reduce((sum, batch) => sum + batch.labels.length, 0)
    const images = new Float32Array(count * PIXELS * CHANNELS)
    let at = 0
    for (const { data } of batches) {
      for (let image = 0; image < data.length; image += PIXELS * CHANNELS)
        for (let pixel = 0; pixel < PIXELS; pixel++)
          for (let channel = 0; channel < CHANNELS; channel++)
            images[at++] = data[image + channel * PIXELS + pixel] as number
    }
    const targets = Float32Array.from(batches.flatMap((batch) => batch.labels))
    return [new Tensor(images, [count, 32, 32, CHANNELS]), new Tensor(targets, [count, 1])]
  }
}

const BLOCK = 512

/** The files of a tar archive by their paths: blocks of 512 bytes, a header before each file. */
function filesIn(archive: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  const textAt = (at: number, length: number): string =>
    new TextDecoder().decode(archive.subarray(at, at + length)).replace(/\0.*$/s, '')
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(textAt(at + 124, 12), 8) || 0
    files.set(textAt(at, 100), archive.subarray(at + BLOCK, at + BLOCK + size))
    at += BLOCK * (1 + Math.ceil(size / BLOCK))
  }
  return files
}

/** Images as bytes, channel by channel, and a label for each. */
function batchOf(
  where: string,
  bytes: Uint8Array,
  label: string,
): { readonly data: Uint8Array; readonly labels: readonly number[] } {
  const batch = unpickle(where, bytes)
  const array = batch instanceof Map ? batch.get('data') : null
  const labels = batch instanceof Map ? batch.get(label) : null
  const images = array instanceof PickledArray && array.value && 'dtype' in array.value ? array.value : null
  const isWhole =
    images?.data instanceof Uint8Array &&
    Array.isArray(labels) &&
    labels.every((each) => typeof each === 'number') &&
    images.data.length === labels.length * PIXELS * CHANNELS
  if (!isWhole) return failFormat(where, { expected: `images and their ${label}`, got: 'something else' })
  return { data: images.data as Uint8Array, labels: labels as number[] }
}
