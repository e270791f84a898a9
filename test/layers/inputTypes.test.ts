/** Inputs of each dtype that Keras has: numbers are f32 here, and files have the types as they were given. */
import { fromBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import { toONNX } from 'recurra/formats'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  Concatenate,
  clearSession,
  Dense,
  Embedding,
  Flatten,
  GRU,
  Input,
  type InputOptions,
  loadModel,
  Model,
  modelFromJSON,
  setBackend,
  type Tensor,
} from '../../src/index.ts'
import { chooseBackend } from '../support/backends.ts'
import { uniform } from '../support/values.ts'

beforeEach(async () => {
  clearSession()
  await setBackend('cpu')
})

const integers = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool'] as const
const floats = ['float16', 'float32', 'float64', 'bfloat16'] as const

interface Written {
  readonly config: {
    readonly layers: readonly {
      readonly class_name: string
      readonly config: { readonly dtype: unknown }
      readonly inbound_nodes: readonly unknown[]
    }[]
  }
}

test.each([...integers, ...floats])('%s stands in the config, and is read from it', async (dtype) => {
  const ids = Input([3], { dtype } as InputOptions)
  const isInteger = !dtype.includes('float')
  const model = Model(ids, Dense(1)(isInteger ? Flatten()(Embedding(4, 2)(ids)) : ids))
  const text = await model.toJSON()
  const { layers } = (JSON.parse(text) as Written).config
  expect(layers[0]?.config.dtype).toBe(dtype)
  expect(JSON.stringify(layers[1]?.inbound_nodes)).toContain(`"dtype":"${dtype}"`)
  const again = await modelFromJSON(text)
  expect(await again.toJSON()).toBe(text)
  if (isInteger)
    await expect(model.predict([[1, 0.5, 0]])).rejects.toThrow(/x\[0\]\[1\]: expected an integer/)
})

test('another dtype is refused', () => {
  expect(() => Input([3], { dtype: 'int7' as 'int8' })).toThrow(/expected dtype to be one of .*, got "int7"/)
})

describe('a mask of truths beside ids and floats', () => {
  const make = () => {
    const [ids, mask, values] = [
      Input([5], { dtype: 'int64', name: 'ids' }),
      Input([5], { dtype: 'bool', name: 'mask' }),
      Input([5, 2], { name: 'values' }),
    ]
    const x = Concatenate()([values, Embedding(7, 2)(ids)])
    return Model([ids, mask, values], Dense(1)(GRU(3, { resetAfter: false })(x, { mask })))
  }
  const ids = [1, 2].map(() => [1, 2, 3, 4, 5])
  const values = uniform([2, 5, 2], -1, 1, 3)
  const truths = [
    [true, true, false, false, false],
    [true, false, true, false, true],
  ]

  test.each(['cpu', 'webgpu'] as const)('leaves steps out, as numbers do, on %s', async (backend) => {
    await chooseBackend(backend)
    const model = make()
    const found = (await model.predict([ids, truths, values])) as Tensor
    const numbers = truths.map((row) => row.map(Number))
    expect(((await model.predict([ids, numbers, values])) as Tensor).data).toEqual(found.data)
    // What the mask leaves out counts nothing.
    const others = ids.map((row, i) => row.map((id, t) => (truths[i]?.[t] ? id : 6)))
    expect(((await model.predict([others, truths, values])) as Tensor).data).toEqual(found.data)
  })

  test('is of its type in .keras and .h5', async () => {
    const model = make()
    const expected = (await model.predict([ids, truths, values])) as Tensor
    const bytes = { keras: await model.save(), h5: await model.save(null, { format: 'h5' }) }
    for (const file of Object.values(bytes)) {
      const again = await loadModel(file)
      expect(((await again.predict([ids, truths, values])) as Tensor).data).toEqual(expected.data)
      const { layers } = (JSON.parse(await again.toJSON()) as Written).config
      const inputs = layers.filter((layer) => layer.class_name === 'InputLayer')
      expect(inputs.map(({ config }) => config.dtype).sort()).toEqual(['bool', 'float32', 'int64'])
    }
  })

  test('is of its type in ONNX', async () => {
    const { graph } = fromBinary(ModelProtoSchema, await toONNX(make()))
    const types = graph?.input.map(({ name, type }) => {
      const { value } = type?.value ?? {}
      return [name, value && 'elemType' in value ? value.elemType : null]
    })
    // Of ONNX's numbers of types 1 is float, 7 int64 and 9 bool.
    expect(types).toEqual([
      ['ids', 7],
      ['mask', 9],
      ['values', 1],
    ])
  })
})
