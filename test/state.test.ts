/**
 * A module of src keeps nothing: what changes belongs to an object that somebody made. Known exceptions are named, each with its
 * reason; one that is gone must leave the list.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

const EXCEPTIONS: Readonly<Record<string, string>> = {
  'backends/select.ts selection': 'the page has one backend, as Keras has one',
  'backends/select.ts selected': 'the page has one backend, as Keras has one',
  'backends/select.ts cached': 'the page has one backend, as Keras has one',
  'backends/tuner.ts warned': 'a warning is said once',
  'backends/tuningStorage.ts storage': "the browser's storage, or what node.ts puts in its place",
  'util/files.ts found': 'what reads and writes paths is there once node.ts is loaded',
  'graph/dims.ts parsed': 'patterns are constants of the operations, which every node asks for again',
  'layers/callable.ts registry':
    'classes of layers by the names that files have, filled as they are declared',
  'layers/functions.ts ownNames': 'classes and functions of the user by the names that files have',
  'formats/crc32.ts platform': 'what the platform has, which node.ts says',
  'formats/config/unregistered.ts told': 'a warning is said once',
  'node.ts loading': 'what the process has loaded',
  'testing/devices.ts adapters': 'the adapters whose devices a process of tests watches',
  'testing/devices.ts seen': 'how many events the tests before have seen',
  'training/output.ts redirected': 'where a worker prints, which is one for its whole realm',
  'worker/errors.ts kept': 'errors that are under way through a worker',
  'worker/errors.ts count': 'numbers that tell such errors apart, which only grow',
  'layers/functions.ts tracer': 'what the page has loaded',
  'layers/own/tracing.ts effects': 'while a function is traced, draws are those of a step',
  'layers/own/stepTrace.ts traced': 'while a step is traced, optimizers and losses in it are parts of it',
  'layers/layerCall.ts readNumbers': 'while a function is traced, layers are called on numbers, too',
  'layers/dtypePolicy.ts current': "keras.config's policy",
  'layers/dtypePolicy.ts isMixedLoaded': 'what the page has loaded',
  'layers/layer.ts calls': 'numbers that say which call of a layer came first, which only grow',
  'layers/convolutional/imageDataFormat.ts current': "keras.config's image data format",
  'layers/own/hosting.ts hosting': 'what the page has loaded',
  'layers/naming.ts used': "Keras's counters of names, which clearSession starts again",
  'layers/weights/initializer.ts readOwn': 'what the page has loaded',
  'layers/rnn/recurrentLayer.ts timeSteps': 'what the page has loaded',
  'models/core.ts loadedRules': 'what the page has loaded',
  'models/model.ts evaluating': 'what the page has loaded',
  'training/mixedPrecision.ts loaded': 'what the page has loaded',
  'operations/operationLayer.ts isInside':
    'while a function of ops runs, those that it calls are parts of it',
  'ops/f16Kernel.ts made': 'a twin is made once, because backends know kernels by their names',
  'ops/averagedUpdate.ts made': 'an averaging form is made once, because passes know operations by identity',
  'python/values.ts lastIdentity': 'numbers that tell objects apart, which only grow',
  'ops/f16Twin.ts made': 'a twin is made once, because passes know operations by identity',
  'util/f16.ts table': 'constant once it is made, which only mixed precision on the CPU needs',
  'util/seed.ts seeds': 'the stream of setSeed',
}

const DECLARATIONS = [
  /^(?:export )?let (\w+)/gm,
  // Collections and buffers that are empty where they are made are filled later.
  /^(?:export )?const (\w+)[^=\n]*= new (?:Map|Set)(?:<[^\n]*>)?\(\)/gm,
  /^(?:export )?const (\w+)[^=\n]*= new \w+Array\((?!0\))/gm,
  /^(?:export )?const (\w+)[^=\n]*= (?:\[\]|\{\})$/gm,
]

/** Names of what may change at the top of a module. A WeakMap only says more of objects that somebody else holds. */
const stateIn = (text: string): string[] =>
  DECLARATIONS.flatMap((declaration) => [...text.matchAll(declaration)].map(([, name = '']) => name))

test('no module keeps state but those that are named', () => {
  const found = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.includes('/assembly/') && !path.endsWith('.gen.ts'))
    .flatMap((path) =>
      stateIn(readFileSync(posix.join('src', path), 'utf8')).map((name) => `${path} ${name}`),
    )
  expect(found.sort()).toEqual(Object.keys(EXCEPTIONS).sort())
})

test.each([
  ['let count = 0', ['count']],
  ['export let table: Float32Array | null = null', ['table']],
  ['const made = new Map<string, Kernel>()', ['made']],
  ['const scratch = new Uint32Array(4)', ['scratch']],
  ['const list: string[] = []', ['list']],
  ["const names = new Set(['a'])", []],
  ['  let inside = 0', []],
  ['const peaks = new WeakMap<Backend, Peak>()', []],
])('%s', (text, names) => {
  expect(stateIn(text)).toEqual(names)
})
