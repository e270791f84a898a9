/**
 * Nothing that a file says is left out in silence: of every class of Keras 3.16, each option of its config (keras3/README.md) is read, so that a
 * wrong value is refused, and an option that is not known is refused by its name.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync, strFromU8 } from 'fflate'
import { beforeAll, expect, test, vi } from 'vitest'
import { compileConfigOf } from '../../src/formats/config/compileConfig.ts'
import type { JsonObject } from '../../src/formats/config/json.ts'
import { IGNORED, layerFromConfig } from '../../src/formats/config/layerConfig.ts'
import { compileOptionsFrom } from '../../src/formats/config/readCompile.ts'
import { Dense, RecurraError, Sequential, setBackend } from '../../src/node.ts'

const KINDS = [
  'layers',
  'losses',
  'metrics',
  'optimizers',
  'schedules',
  'initializers',
  'regularizers',
  'constraints',
] as const
type Kind = (typeof KINDS)[number]

const packed = readFileSync(new URL('keras3/configs.json.gz', import.meta.url))
const configs = JSON.parse(strFromU8(gunzipSync(packed))) as Record<Kind, Record<string, JsonObject>>

/** Classes that are refused by their names: keras-compatibility.md has the reasons. */
const REFUSED: readonly string[] = ['Mean', 'MultiOptimizer', 'STFT', 'ScheduleFreeAdamW', 'Sum']

/** Where a file names a regularizer, say. */
const OPTION = {
  initializers: 'kernel_initializer',
  regularizers: 'kernel_regularizer',
  constraints: 'kernel_constraint',
} as const

/** Reads a config as a part of a file. */
async function read(kind: Kind, name: string, config: JsonObject): Promise<void> {
  const given = { module: 'keras', class_name: name, config }
  if (kind === 'layers') {
    const publicName = name === 'GroupedQueryAttention' ? 'GroupQueryAttention' : name
    layerFromConfig({ ...given, class_name: publicName }, 'a file')
    return
  }
  if (kind in OPTION) {
    const option = OPTION[kind as keyof typeof OPTION]
    const rule = { ...given, module: `keras.${kind}` }
    layerFromConfig({ class_name: 'Dense', config: { units: 2, [option]: rule } }, 'a file')
    return
  }
  const settings: JsonObject = {
    loss: kind === 'losses' ? given : /^Sparse/.test(name) ? 'sparse_categorical_crossentropy' : 'mse',
    metrics: kind === 'metrics' ? [given] : null,
    optimizer:
      kind === 'optimizers'
        ? given
        : { class_name: 'SGD', config: { learning_rate: kind === 'schedules' ? given : 0.1 } },
  }
  const model = Sequential([Dense(2, { inputShape: [3] })])
  const options = await compileOptionsFrom(settings, model, 'a file')
  if (options) model.compile(options)
  const written = compileConfigOf(model, 'a file')
  // What files have of classes of the user's own is of no module.
  expect(JSON.stringify(written), name).not.toContain('"module":null')
}

const failure = (kind: Kind, name: string, config: JsonObject): Promise<unknown> =>
  read(kind, name, config).catch((error: unknown) => error)

beforeAll(() => setBackend('cpu'))

test.each(KINDS)('%s: each option is read, and others are refused', async (kind) => {
  const unread: string[] = []
  for (const [name, config] of Object.entries(configs[kind])) {
    const error = await failure(kind, name, config)
    if (REFUSED.includes(name)) {
      expect(String(error)).toContain(name)
      continue
    }
    expect(error, name).toBeUndefined()
    const unknown = await failure(kind, name, { ...config, not_known: 3 })
    expect(unknown, name).toBeInstanceOf(RecurraError)
    expect(String(unknown), name).toMatch(/not_?[kK]nown/)
    for (const option of Object.keys(config)) {
      const isRead =
        (await failure(kind, name, { ...config, [option]: { wrong: [] } })) instanceof RecurraError
      if (!isRead && !IGNORED.has(option)) unread.push(`${option} of ${name}`)
    }
  }
  expect(unread).toEqual([])
})

test.each(['losses', 'metrics', 'schedules'] as const)(
  '%s are not taken for classes of the user',
  async (kind) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    for (const [name, config] of Object.entries(configs[kind])) {
      if (!REFUSED.includes(name)) await read(kind, name, config)
    }
    expect(warn.mock.calls).toEqual([])
    warn.mockRestore()
  },
)

test.each(['optional', 'ragged', 'sparse'])('an input that is %s is refused', (option) => {
  const config = { batch_shape: [null, 2], name: 'x' }
  const input = (value: boolean) =>
    layerFromConfig({ class_name: 'InputLayer', config: { ...config, [option]: value } }, 'a file')
  expect(() => input(true)).toThrow(option)
  expect(input(false).name).toBe('x')
})
