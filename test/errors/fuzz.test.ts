/**
 * Wrong calls of the whole public API: each must fail on purpose, and the model must train on as if nothing had been.
 * fuzz.long.test.ts makes more of them.
 */
import { beforeEach, expect, test } from 'vitest'
import * as api from '../../src/index.ts'
import * as aliases from '../../src/layers/aliases.ts'
import { Layer } from '../../src/layers/layer.ts'
import { chooseBackend } from '../support/backends.ts'
import { failureOf, untyped } from '../support/expectError.ts'
import { argumentsWith, build, describeFailure, fuzz, isMeant, placesOf, show } from '../support/fuzz.ts'
import { publicCalls, publicMethods, withoutArguments } from '../support/publicApi/index.ts'
import { isLong } from '../support/sampled.ts'

beforeEach(async () => {
  await chooseBackend('cpu')
})

test('the table has every public function and every method of models', () => {
  const known = new Set([
    ...publicCalls.map(({ name }) => name),
    ...withoutArguments,
    'RecurraError',
    'FormatError',
  ])
  const functionsOf = (owner: object, prefix = ''): string[] =>
    Object.entries(owner).flatMap(([name, value]) => (typeof value === 'function' ? [prefix + name] : []))
  const hooks = [
    'constructor',
    'setGraph',
    'buildFrom',
    'buildFromFile',
    'outputShapes',
    'outputMasks',
    'lower',
    'makeCore',
    'readingOf',
    'checkInUse',
    'loadCode',
  ]
  const prototypes: object[] = []
  for (
    let level = Object.getPrototypeOf(api.Sequential()) as object;
    level !== Layer.prototype;
    level = Object.getPrototypeOf(level) as object
  )
    prototypes.push(level)
  const methods = prototypes.flatMap((prototype) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
      // What models override of layers is called by those around them.
      typeof value === 'function' && !hooks.includes(name) ? [name] : [],
    ),
  )
  const all = [
    ...functionsOf(api),
    ...functionsOf(api.initializers, 'initializers.'),
    ...functionsOf(api.config, 'config.'),
    ...methods,
  ]
  const second = Object.keys(aliases)
  expect(
    all.filter(
      (name) => !known.has(name) && !second.includes(name) && !/Layer$|^initializers\.[a-z]/.test(name),
    ),
  ).toEqual([])
})

test('right calls are taken', async () => {
  const wrong: string[] = []
  let model = build()
  // That a file loads is what test/formats is for.
  for (const place of publicCalls.filter(({ name }) => name !== 'loadModel').flatMap(placesOf)) {
    for (const value of place.kind.valid) {
      if (['compile', 'add', 'optimizer.iterations'].includes(place.call.name)) model = build()
      const error = await failureOf(() =>
        place.call.call(model, ...argumentsWith(place.call, [[place.at, value]])),
      )
      if (error !== undefined)
        wrong.push(`${place.call.name}.${place.at} = ${show(value)}: ${describeFailure(error)}`)
    }
  }
  expect(wrong).toEqual([])
})

test('an option that is not there is refused, with the nearest that is', async () => {
  const model = build()
  const wrong: string[] = []
  for (const call of publicCalls) {
    // Further options of a wrapped function are the function's.
    if (!call.options || call.name === 'MeanMetricWrapper') continue
    const args = call.args.map((kind) => kind.valid[0] ?? untyped([]))
    for (const name of [
      'nonsense',
      'constructor',
      ...Object.keys(call.options).map((option) => `${option}x`),
    ]) {
      const error = await failureOf(() => call.call(model, ...args, { ...call.base, [name]: 1 }))
      const nearest = name.slice(0, -1)
      const says = error instanceof api.RecurraError && error.message.includes(`'${name}'`)
      const suggests = !(nearest in call.options) || describeFailure(error).includes(`Did you mean '`)
      if (!says || !suggests) wrong.push(`${call.name} { ${name} }: ${describeFailure(error)}`)
    }
    for (const options of call.isKeyword ? [] : [10, 'text', [], new Map(), () => 0]) {
      // Optimizers take a learning rate, which may be a function.
      const isRate = call.options.learningRate !== undefined && /number|function/.test(typeof options)
      if (isRate || (options === 10 && call.name === 'initializers.Constant')) continue
      const error = await failureOf(() => call.call(model, ...args, options))
      if (!isMeant(error))
        wrong.push(`${call.name} with ${show(options)} for options: ${describeFailure(error)}`)
    }
  }
  expect(wrong).toEqual([])
})

test('wrong calls fail on purpose, and leave the model as it was', () =>
  fuzz(publicCalls, isLong ? 10_000 : 20, { every: isLong ? 1 : 3 }))

test('on WebGPU, too, those of models', async () => {
  await chooseBackend('webgpu')
  await fuzz(publicMethods, isLong ? 1000 : 20, { every: isLong ? 1 : 3 })
})

test('a model that was disposed refuses every call', async () => {
  const model = build()
  model.dispose()
  const wrong: string[] = []
  for (const call of publicCalls) {
    if (!(call.name in model) || /stopTraining/.test(call.name)) continue
    const args = [
      ...call.args.map((kind) => kind.valid[0] ?? untyped([])),
      ...(call.options ? [{ ...call.base }] : []),
    ]
    const error = await failureOf(() => call.call(model, ...(call.name === 'add' ? [api.Dense(2)] : args)))
    if (!isMeant(error)) wrong.push(`${call.name}: ${describeFailure(error)}`)
  }
  expect(wrong).toEqual([])
})
