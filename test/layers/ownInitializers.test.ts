// Initializers of one's own: functions of the shape, and classes that extend Initializer.
import { afterEach, describe, expect, test } from 'vitest'
import { toKeras, toTypeScript } from '../../src/formats.ts'
import {
  cloneModel,
  Dense,
  Initializer,
  type InitializerFunction,
  Input,
  initializers,
  Layer,
  LSTM,
  loadModel,
  type OwnLayer,
  ops,
  random,
  register,
  Sequential,
  type SymbolicTensor,
  setSeed,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { ownNames } from '../../src/layers/functions.ts'

class Scaled extends Initializer {
  readonly scale: number

  constructor({ scale = 1 }: { readonly scale?: number } = {}) {
    super()
    this.scale = scale
  }

  override call(shape: readonly number[]): Tensor {
    return random.normal(shape, { stddev: this.scale })
  }

  override getConfig() {
    return { scale: this.scale }
  }
}

const counted: InitializerFunction = (shape) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)

const before = new Map(ownNames)
afterEach(() => {
  ownNames.clear()
  for (const [name, own] of before) ownNames.set(name, own)
})

const dense = (kernelInitializer: unknown) =>
  Sequential([
    Input([2]),
    Dense(3, { name: 'd', kernelInitializer: kernelInitializer as InitializerFunction }),
  ])
const kernelOf = async (model: { getWeights(): Promise<readonly Tensor[]> }) => (await model.getWeights())[0]

describe('what an initializer of one’s own may return', () => {
  test.each<[string, InitializerFunction]>([
    [
      'nested arrays',
      () => [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    ['typed rows', () => [Float32Array.of(0, 1, 2), Float32Array.of(3, 4, 5)] as never],
    ['a typed array', () => Int32Array.of(0, 1, 2, 3, 4, 5)],
    ['a Float32Array', counted],
    [
      'a tensor',
      () =>
        tensor([
          [0, 1, 2],
          [3, 4, 5],
        ]),
    ],
    ['what ops give', ([rows = 0, columns = 0]) => ops.reshape(ops.arange(rows * columns), [rows, columns])],
  ])('%s', async (_, fn) => {
    expect((await kernelOf(dense(fn)))?.toArray()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
  })

  test('it is told shape and dtype, and what it returned is copied', async () => {
    const kept = new Float32Array(6)
    const told: unknown[] = []
    const model = dense((...args: unknown[]) => {
      told.push(args)
      return kept
    })
    await model.getWeights()
    kept.fill(7)
    expect(told).toEqual([[[2, 3], 'float32']])
    expect((await kernelOf(model))?.data[0]).toBe(0)
  })

  test.each<[string, () => unknown, RegExp]>([
    [
      'another shape',
      () => [1, 2],
      /Dense "d", kernelInitializer: expected an initializer to return numbers \[2, 3\], got \[2\]\. Return what/,
    ],
    ['too few numbers', () => new Float32Array(5), /kernelInitializer: expected .*\[2, 3\], got \[5\]/],
    ['one number', () => 1, /kernelInitializer: expected/],
    [
      'no numbers',
      () => [
        ['a', 'b', 'c'],
        ['d', 'e', 'f'],
      ],
      /kernelInitializer.*expected/,
    ],
    ['NaN', () => new Float32Array(6).fill(Number.NaN), /kernelInitializer.*NaN/],
    ['a promise', () => Promise.resolve(1), /kernelInitializer: expected nested arrays/],
    ['nothing', () => undefined, /kernelInitializer: expected nested arrays/],
  ])('not %s', async (_, fn, message) => {
    await expect(kernelOf(dense(fn))).rejects.toThrow(message)
  })
})

describe('draws', () => {
  test('are those of the seed, and leave other seeds as they are, whenever they are asked for', async () => {
    const make = (kernel: InitializerFunction | 'zeros') => {
      setSeed(3)
      const model = Sequential([
        Input([2]),
        Dense(2, { kernelInitializer: kernel }),
        Dense(2, { kernelInitializer: 'random_normal' }),
      ])
      return model.getWeights()
    }
    const draw: InitializerFunction = (shape) => ops.add(random.normal(shape), random.uniform(shape))
    const [first, second, plain] = [await make(draw), await make(draw), await make('zeros')]
    expect(first[0]?.data).toEqual(second[0]?.data)
    expect(new Set(first[0]?.data).size).toBe(4)
    expect(first[2]?.data).toEqual(plain[2]?.data)
  })

  test('of two weights are different', async () => {
    setSeed(1)
    const draw: InitializerFunction = (shape) => random.normal(shape)
    const [a, , b] = await Sequential([
      Input([2]),
      Dense(2, { kernelInitializer: draw }),
      Dense(2, { kernelInitializer: draw }),
    ]).getWeights()
    expect(a?.data).not.toEqual(b?.data)
  })

  test('are numbers where a weight is first read while its layer is traced', () => {
    class Reads extends Layer {
      scale: number[] = []
      override call(x: SymbolicTensor) {
        const weight = this.addedWeight
        this.scale = [...weight.value]
        return ops.multiply(x, 2)
      }
      addedWeight = this.addWeight({ shape: [2], initializer: (shape) => random.uniform(shape) })
    }
    const layer = new Reads()
    ;(layer as unknown as OwnLayer)(Input([2]))
    expect(layer.scale).toHaveLength(2)
    expect(layer.scale.every((value) => value >= 0 && value < 1)).toBe(true)
  })
})

test('an LSTM asks for each part of its bias', async () => {
  const [, , bias] = await Sequential([
    Input([2, 1]),
    LSTM(2, { biasInitializer: (shape) => new Float32Array(shape[0] ?? 0).fill(5) }),
  ]).getWeights()
  expect([...(bias?.data ?? [])]).toEqual([5, 5, 1, 1, 5, 5, 5, 5])
})

describe('classes', () => {
  test('have their className and config, and are initializers', () => {
    const made = new Scaled({ scale: 3 })
    expect(made).toBeInstanceOf(Initializer)
    expect(made.className).toBe('Scaled')
    expect(made.config).toEqual({ scale: 3 })
    expect(initializers.Initializer).toBe(Initializer)
  })

  test('without call, or with Python’s names, are refused', async () => {
    class None extends Initializer {}
    await expect(kernelOf(dense(new None()))).rejects.toThrow(
      'None: expected the class None to have a method call, got none. Write call(shape)',
    )
    class Pythonic extends Initializer {
      get_config() {
        return {}
      }
    }
    expect(() => new Pythonic()).toThrow('Pythonic: expected hooks in camelCase, got a method get_config')
    class Other {}
    expect(() => dense(Other)).toThrow('kernelInitializer: expected an initializer')
  })

  test('stand for their defaults where they are not called', async () => {
    setSeed(2)
    const named = await kernelOf(dense(Scaled))
    setSeed(2)
    expect((await kernelOf(dense(new Scaled())))?.data).toEqual(named?.data)
  })
})

describe('in configs and files', () => {
  test('a class comes back with its options', async () => {
    register('My>Scaled', Scaled)
    const model = dense(new Scaled({ scale: 0.5 }))
    const config = model.layers[0]?.getConfig() as { kernelInitializer: object }
    expect(config.kernelInitializer).toEqual({
      module: 'own',
      className: 'My>Scaled',
      config: { scale: 0.5 },
    })
    const again = Dense(3, { kernelInitializer: config.kernelInitializer as never })
    expect(again.getConfig().kernelInitializer).toEqual(config.kernelInitializer)
    const clone = await cloneModel(model)
    const loaded = await loadModel(await model.save())
    for (const other of [clone, loaded]) expect(other.getConfig()).toEqual(model.getConfig())
    expect(await kernelOf(loaded)).toEqual(await kernelOf(model))
  })

  test('a function comes back by its name, and may be given by it', async () => {
    const model = dense(counted)
    await expect(model.toJSON()).rejects.toThrow("Call register('counted', counted) before")
    register('counted', counted)
    const clone = await cloneModel(model)
    expect((await kernelOf(clone))?.toArray()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect((await kernelOf(dense('counted')))?.data).toEqual((await kernelOf(model))?.data)
    expect(await toTypeScript(model)).toContain('kernelInitializer: counted')
    expect(await toKeras(model)).toContain('kernel_initializer=counted')
  })
})
