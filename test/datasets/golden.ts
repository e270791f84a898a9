// Files as NumPy and Keras's data sets have them, small ones, with what Keras 3.16 loads from them.

import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Numbers nested as arrays are. */
export type Nested = number | readonly Nested[]

interface Golden {
  /** By the data set: its file, in base64. */
  readonly files: Readonly<Record<string, string>>
  /** What Keras loads from a file with some options: `[[xTrain, yTrain], [xTest, yTest]]`. */
  readonly cases: readonly {
    readonly name: string
    readonly options: Readonly<Record<string, unknown>>
    readonly expected: readonly (readonly Nested[])[]
  }[]
  /** The same of images, of which there is the shape and the sum of each number times its place modulo 1009. */
  readonly images: readonly {
    readonly name: string
    readonly options: Readonly<Record<string, unknown>>
    readonly parts: readonly { readonly shape: readonly number[]; readonly sum: number; readonly y: Nested }[]
  }[]
  readonly numpy: {
    /** A file of `numpy.savez`, in base64, and its arrays. */
    readonly savez: string
    readonly expected: Readonly<Record<string, Nested>>
    /** .npy files of objects, in base64, in each protocol. */
    readonly pickles: readonly { readonly name: string; readonly npy: string; readonly expected: Nested }[]
    /** .npy files whose pickles hold a dict, and a call of a function of Python. */
    readonly dicts: string
    readonly calls: string
  }
}

export const golden: Golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/datasets.json.gz', import.meta.url))).toString(),
)

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))
