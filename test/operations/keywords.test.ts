/** Arguments of functions of `ops` by name: the same calls as those by place. */
import { expect, expectTypeOf, test } from 'vitest'
import { Dense, Input, Model, ops, random, type SymbolicTensor, tensor } from '../../src/index.ts'
import { byPlace } from '../../src/operations/keywords.ts'
import type { Declared } from '../../src/operations/operationLayer.ts'
import { readParameters } from '../../src/operations/signature.ts'

const declared = Object.entries({ ...ops, ...random }).flatMap(([name, fn]) =>
  fn instanceof Function && 'declaration' in fn
    ? [[name, (fn as unknown as Declared).declaration.parameters] as const]
    : [],
)

test('each argument of each function has its place, however many come by name', () => {
  expect(declared.length).toBeGreaterThan(300)
  for (const [name, text] of declared) {
    const parameters = readParameters(text).filter(({ kind }) => kind !== 'fixed')
    if (parameters.some(({ kind }) => kind === 'rest')) continue
    // What each parameter is given is its name.
    const expected: unknown[] = []
    for (const { name: of, place, isField } of parameters)
      expected[place] = isField ? { ...(expected[place] as object), [of]: of } : of
    for (let placed = 0; placed <= parameters.length; placed++) {
      const [before, after] = [parameters.slice(0, placed), parameters.slice(placed)]
      const named = Object.fromEntries(after.map(({ name: of }) => [of, of]))
      const given = [...before.map(({ name: of }) => of), ...(after.length > 0 ? [named] : [])]
      expect([name, placed, byPlace(name, text, given)]).toEqual([name, placed, expected])
    }
  }
})

const x = Input([4, 3])
/** The shape, and what a file has of the call. */
const written = (y: SymbolicTensor) => [y.shape, Model(x, y).getConfig().layers]

test.each<[name: string, byName: () => SymbolicTensor, byPlaces: () => SymbolicTensor]>([
  ['options', () => ops.mean(x, { axis: -1, keepdims: true }), () => ops.mean(x, -1, true)],
  ['one by place, one by name', () => ops.mean(x, 1, { keepdims: true }), () => ops.mean(x, 1, true)],
  ['what has no default', () => ops.expandDims(x, { axis: 1 }), () => ops.expandDims(x, 1)],
  ['all', () => ops.take({ x, indices: [0, 1], axis: 2 }), () => ops.take(x, [0, 1], 2)],
  ['a list first', () => ops.concatenate([x, x], { axis: -1 }), () => ops.concatenate([x, x], -1)],
  [
    'fields of an object by place',
    () => ops.maxPool(x, { poolSize: 2, strides: 1 }),
    () => ops.maxPool(x, 2, { strides: 1 }),
  ],
  [
    'draws',
    () => ops.add(x, random.uniform([4, 3], { maxval: 2, seed: 3 })),
    () => ops.add(x, random.uniform([4, 3], 0, 2, null, 3)),
  ],
])('%s', (_, byName, byPlaces) => {
  const [named, placed] = [byName(), byPlaces()]
  expect(named.shape).toEqual(placed.shape)
})

test('a file has them as if they came by place', () => {
  const plain = (y: SymbolicTensor) => JSON.stringify(written(y)).replace(/_\d+"/g, '"')
  expect(plain(ops.sum(x, { axis: 1 }))).toBe(plain(ops.sum(x, 1)))
})

test('tensors of known numbers', () => {
  expect([...ops.arange({ start: 1, stop: 7, step: 2, dtype: 'int32' }).data]).toEqual([1, 3, 5])
  expect([...ops.linspace(0, 1, { num: 2, endpoint: false }).data]).toEqual([0, 0.5])
  expect(ops.eye(2, { M: 3 }).toArray()).toEqual(ops.eye(2, 3).toArray())
  expect([...ops.full([2], { fillValue: 7 }).data]).toEqual([7, 7])
})

test('data of tensors are no names', () => {
  expect(ops.add(x, { data: [1, 2, 3], shape: [3] } as never).shape).toEqual([null, 4, 3])
  expect(ops.add(x, tensor([1, 2, 3])).shape).toEqual([null, 4, 3])
})

test.each<[call: () => unknown, message: string]>([
  [
    () => ops.mean(x, { axes: 1 } as never),
    "ops.mean: expected only the options axis, keepdims, got 'axes'. Did you mean 'axis'?",
  ],
  [() => ops.mean(x, 1, { axis: 1 } as never), 'ops.mean: expected axis once, got it by place and by name.'],
  [
    () => ops.oneHot(x, { num_classes: 3 } as never),
    "ops.oneHot: expected only the options numClasses, axis, dtype, got 'num_classes'. Did you mean 'numClasses'?",
  ],
  [
    () => random.normal([2], { mean: Number.NaN }),
    'random.normal: expected mean to be a finite number, got NaN.',
  ],
])('%s', (call, message) => {
  expect(call).toThrow(message)
})

test('types are those of the places', () => {
  expectTypeOf(ops.mean).toBeCallableWith(x, { axis: 1 })
  // @ts-expect-error an axis is no string
  expect(() => ops.mean(x, { axis: 'a' })).toThrow()
  // @ts-expect-error such an option there is not
  expect(() => ops.mean(x, { axes: 1 })).toThrow()
  // @ts-expect-error the number of classes is missing
  expect(() => ops.oneHot(x, { axis: 1 })).toThrow()
  expectTypeOf(ops.oneHot(Dense(2)(x), { numClasses: 3 })).toEqualTypeOf<SymbolicTensor>()
})
