// What Keras exports: classes with the parameters of their constructors, functions (kerasApi.json).

import { readFileSync } from 'node:fs'

interface KerasApi {
  readonly version: string
  readonly layers: Readonly<Record<string, readonly string[]>>
  /** Other names of layers. */
  readonly aliases: Readonly<Record<string, string>>
  readonly ops: readonly string[]
  readonly activations: readonly string[]
  readonly regularizers: readonly string[]
  readonly constraints: readonly string[]
  readonly losses: readonly string[]
  readonly metrics: readonly string[]
  readonly optimizers: readonly string[]
  readonly schedules: readonly string[]
  readonly callbacks: readonly string[]
  /** What base classes have beside what they take of a backend, and what namespaces find and write. */
  readonly members: Readonly<Record<string, readonly string[]>>
  /** Networks of images, and functions of their modules, `vgg16.preprocess_input`. */
  readonly applications: readonly string[]
  /** Functions of data sets, `imdb.load_data`. */
  readonly datasets: readonly string[]
}

export const kerasApi: KerasApi = JSON.parse(readFileSync('test/support/kerasApi.json', 'utf8'))
