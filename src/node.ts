/**
 * `recurra/node`: the package with WebGPU for Node. If the environment has no `navigator.gpu`, importing this module sets it to
 * one that loads the optional package `webgpu` (Dawn) when it is asked for an adapter.
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTuningStorage } from './backends/tuningStorage.ts'
import { fail } from './errors.ts'
import { setCrc32 } from './formats/crc32.ts'
import * as index from './index.ts'
import { setTimeSteps } from './layers/rnn/recurrentLayer.ts'
import * as timeSteps from './layers/rnn/timeSteps.ts'
import { setRules } from './models/core.ts'
import { addHabits } from './models/habits.ts'
import { addNamespaceHabits } from './models/namespaceHabits.ts'
import { RulesOfStep } from './models/weightRules.ts'
import { loadEveryName } from './training/everyName.ts'
import { setFiles } from './util/files.ts'
import { nodeFiles } from './util/nodeFiles.ts'
import { isError, messageOf } from './util/realms.ts'

export {
  type TextDataset,
  type TextDirectoryOptions,
  textDatasetFromDirectory,
} from './data/textDirectory.ts'
export * from './index.ts'

loadEveryName()
setRules(RulesOfStep)
setTimeSteps(timeSteps)
addHabits(index.ops)
addNamespaceHabits(index)
// An import of node:zlib would load all of Node's streams. Its crc32 came with Node 20.15, this way to it with 20.16.
setCrc32(() => process.getBuiltinModule?.('node:zlib').crc32)

setFiles(nodeFiles)

/** The file of the measurements on an adapter. */
const tuningFile = (adapter: string): string =>
  join(
    process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
    'recurra',
    `${adapter.replace(/[^\w.]+/g, '-')}.json`,
  )

setTuningStorage({
  read: (adapter) => readFile(tuningFile(adapter), 'utf8').catch(() => null),
  async write(adapter, text) {
    const file = tuningFile(adapter)
    // If the cache cannot be written, the next process measures again.
    await mkdir(join(file, '..'), { recursive: true })
      .then(() => writeFile(file, text))
      .catch(() => undefined)
  },
})

/** WebGPU of the package webgpu, or the error that says what to install. */
async function loadWebGpu(): Promise<GPU> {
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    return create([])
  } catch (error) {
    // Bundlers for servers throw what `require` throws.
    const isAbsent = isError(error) && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code))
    const [reason = ''] = String(messageOf(error)).split('\n')
    return fail('WebGPU in Node', {
      expected: 'the package webgpu',
      got: isAbsent ? 'none' : `one that does not load: ${reason}`,
      remedy: isAbsent
        ? "Run `npm install webgpu` (0.6.2 or later), or call setBackend('cpu')."
        : "Install it anew for this platform with `npm install webgpu`, or call setBackend('cpu').",
    })
  }
}

let loading: Promise<GPU> | undefined

/**
 * Stands for `navigator.gpu` until somebody asks it for an adapter. A program that runs on the CPU never loads Dawn, and the
 * module needs no `await` at its top level, which `require` would refuse.
 */
const unloaded: Pick<GPU, 'requestAdapter'> = {
  async requestAdapter(options) {
    loading ??= loadWebGpu()
    const gpu = await loading
    if (navigator.gpu === unloaded) define(gpu)
    return gpu.requestAdapter(options)
  },
}

const define = (gpu: Pick<GPU, 'requestAdapter'>): void => {
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true, enumerable: true })
}

// Node has a navigator since version 21
if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true })
if (!navigator.gpu) define(unloaded)
