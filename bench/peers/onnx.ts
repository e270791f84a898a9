// ONNX Runtime on the CPU, with one thread: inference alone. Its input is time-major, as its LSTM takes it.

import { create, toBinary } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { batchOf, type Case, initialWeights, type StackCase, weightShapes } from '../cases.ts'
import type { Job, Runtime } from '../contender.ts'
import { versionOf } from './version.ts'

const OPSET = 17n
const IR_VERSION = 8n

const tensor = (name: string, dims: readonly number[], data: Float32Array): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    floatData: [...data],
  })

const integers = (name: string, values: readonly number[]): TensorProto =>
  create(TensorProtoSchema, {
    name,
    dims: [BigInt(values.length)],
    dataType: TensorProto_DataType.INT64,
    int64Data: values.map(BigInt),
  })

function valueInfo(name: string, shape: readonly number[]): ValueInfoProto {
  const dim = shape.map((extent) => ({ value: { case: 'dimValue' as const, value: BigInt(extent) } }))
  const value = { elemType: TensorProto_DataType.FLOAT, shape: { dim } }
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value } } })
}

/** [rows, 4·units] in Keras's order i f c o → [4·units, rows] in ONNX's i o f c. */
function gatesFirst(kernel: Float32Array, units: number): Float32Array {
  const rows = kernel.length / (4 * units)
  const turned = new Float32Array(kernel.length)
  for (const [place, gate] of [0, 3, 1, 2].entries())
    for (let unit = 0; unit < units; unit++)
      for (let row = 0; row < rows; row++)
        turned[(place * units + unit) * rows + row] = kernel[row * 4 * units + gate * units + unit]!
  return turned
}

interface Parts {
  readonly nodes: NodeProto[]
  readonly initializers: TensorProto[]
}

const node = (
  opType: string,
  input: string[],
  output: string[],
  attribute: AttributeProto[] = [],
): NodeProto => create(NodeProtoSchema, { opType, input, output, attribute })

/** Adds a layer and returns the name of its output. */
function addLstm({ nodes, initializers }: Parts, item: StackCase, layer: number, input: string): string {
  const { depth, units } = item
  const [kernel, recurrent, bias] = initialWeights(item).slice(3 * layer) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  const both = new Float32Array(8 * units)
  both.set(gatesFirst(bias, units))
  const [W, R, B, h, y] = [`W${layer}`, `R${layer}`, `B${layer}`, `h${layer}`, `y${layer}`] as const
  initializers.push(
    tensor(W, [1, 4 * units, kernel.length / (4 * units)], gatesFirst(kernel, units)),
    tensor(R, [1, 4 * units, units], gatesFirst(recurrent, units)),
    tensor(B, [1, 8 * units], both),
  )
  const isLast = layer === depth - 1
  const hiddenSize = create(AttributeProtoSchema, {
    name: 'hidden_size',
    type: AttributeProto_AttributeType.INT,
    i: BigInt(units),
  })
  // all steps are [T, directions, B, units], the last one [directions, B, units]
  initializers.push(integers(`axis${layer}`, [isLast ? 0 : 1]))
  nodes.push(
    node('LSTM', [input, W, R, B], isLast ? ['', h] : [h], [hiddenSize]),
    node('Squeeze', [h, `axis${layer}`], [y]),
  )
  return y
}

function addProduct({ nodes, initializers }: Parts, item: StackCase, layer: number, input: string): string {
  initializers.push(tensor(`W${layer}`, weightShapes(item)[layer]!, initialWeights(item)[layer]!))
  nodes.push(node('MatMul', [input, `W${layer}`], [`y${layer}`]))
  return `y${layer}`
}

const shapeOfInput = ({ kind, batch, time, features }: StackCase): number[] =>
  kind === 'dense' ? [batch, features] : [time, batch, features]

/** The model as ONNX: x [T, B, D] → y [B, 1]. */
function modelOf(item: StackCase): Uint8Array {
  const { kind, depth, units, batch } = item
  const parts: Parts = { nodes: [], initializers: [] }
  const add = kind === 'dense' ? addProduct : addLstm
  let last = 'x'
  for (let layer = 0; layer < depth; layer++) last = add(parts, item, layer, last)
  const [kernel, bias] = initialWeights(item).slice(-2) as [Float32Array, Float32Array]
  parts.initializers.push(tensor('kernel', [units, 1], kernel), tensor('bias', [1], bias))
  parts.nodes.push(node('Gemm', [last, 'kernel', 'bias'], ['y']))
  const graph = create(GraphProtoSchema, {
    name: 'model',
    node: parts.nodes,
    initializer: parts.initializers,
    input: [valueInfo('x', shapeOfInput(item))],
    output: [valueInfo('y', [batch, 1])],
  })
  const opsetImport = [create(OperatorSetIdProtoSchema, { domain: '', version: OPSET })]
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: IR_VERSION, opsetImport, graph }))
}

function timeMajor(x: Float32Array, { batch, time, features }: StackCase): Float32Array {
  const turned = new Float32Array(x.length)
  for (let b = 0; b < batch; b++)
    for (let t = 0; t < time; t++) {
      const row = (b * time + t) * features
      turned.set(x.subarray(row, row + features), (t * batch + b) * features)
    }
  return turned
}

async function prepare(item: Case): Promise<Job> {
  if (item.kind === 'model') throw new TypeError(`ONNX Runtime: expected a stack, got ${item.name}`)
  const session = await InferenceSession.create(modelOf(item), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  })
  const x = new Tensor('float32', timeMajor(batchOf(item).x, item), shapeOfInput(item))
  let last = Number.NaN
  return {
    async run(steps) {
      for (let i = 0; i < steps; i++) {
        const { y } = await session.run({ x })
        last = Number(y?.data[0])
      }
    },
    result: async () => last,
    dispose: () => void session.release(),
  }
}

/** ONNX Runtime's CPU provider. */
export const onnxRuntime = async (): Promise<Runtime> => ({
  version: versionOf('onnxruntime-node'),
  device: 'cpu',
  runs: ({ kind, mode }) => kind !== 'model' && mode === 'infer',
  select: async () => undefined,
  prepare,
})
