// Models as ONNX files, which runtimes of other languages run: inference alone, without training, optimizer or losses.

import { checkPositiveInteger, describeValue, fail } from '../../errors.ts'
import { givesIntegers } from '../../layers/integers.ts'
import type { Variable } from '../../layers/weights/variable.ts'
import { pullValues } from '../../layers/weights/variableValues.ts'
import { GraphModel } from '../../models/graphModel.ts'
import type { Destination } from '../../models/saving.ts'
import { sizeOfBytes } from '../../util/bytes.ts'
import { type FilePieces, inOrder, whole } from '../../util/filePieces.ts'
import { nullable, readOptions, type TableFor } from '../../util/options.ts'
import { writeTo } from '../destination.ts'
import { formatOf } from '../writtenFormat.ts'
import type { MaskedOnnx } from './call.ts'
import { encode } from './encode.ts'
import { cast } from './expressions.ts'
import { OnnxGraph, type OnnxValue } from './graph.ts'
import { LayerLowering } from './lowerLayers.ts'
import { type ModelProto, modelMessage } from './schema.ts'

export interface ONNXOptions {
  /** The only number of samples a batch that the file takes; `null`, the default, is any. */
  readonly batchSize?: number | null
}

const options = {
  batchSize: nullable<number>(checkPositiveInteger),
} as const satisfies TableFor<ONNXOptions>

/** The version of the operators, and of the format that came with it. */
const OPSET = 18
const IR_VERSION = 8

/** Protocol Buffers have no larger messages. */
const MOST_BYTES = 2 ** 31 - 1

/**
 * The bytes of an ONNX file of a model, by operators of opset 18: `LSTM`, `Conv`, `Gemm` and so on, loops (`Scan`) for recurrences with
 * masks, for ConvLSTM and for cells of one's own. Inputs and outputs have the names of the model's, a batch of any size and, where
 * the model leaves extents open, any extents. All is float32, but inputs of integers, which are int32. The states of stateful layers
 * are further inputs, `<path>`, and outputs, `<path>/next`.
 *
 * @param model A model whose input shapes are known.
 * @throws {RecurraError} if the model has a layer or an operation that ONNX's operators do not express, which it names.
 * @see https://onnx.ai/onnx/operators
 */
export const toONNX = async (model: GraphModel, given: ONNXOptions = {}): Promise<Uint8Array> =>
  whole(await fileOf('toONNX', model, given))

async function fileOf(where: string, model: GraphModel, given: ONNXOptions): Promise<FilePieces> {
  if (!(model instanceof GraphModel)) fail(where, { expected: 'a model', got: describeValue(model) })
  return onnxFile(model, `${where} of ${model.where}`, given)
}

/** As {@link toONNX}; `where` is what its errors call the writing. */
export async function onnxFile(
  model: GraphModel,
  where: string,
  given: ONNXOptions = {},
): Promise<FilePieces> {
  const { batchSize } = readOptions(where, options, given)
  await pullValues(model.graph.variables)
  const graph = graphOf(model, batchSize)
  const file: ModelProto = {
    irVersion: IR_VERSION,
    producerName: 'recurra',
    opsetImport: [{ domain: '', version: OPSET }],
    graph,
  }
  const pieces = encode(modelMessage, file)
  const size = sizeOfBytes(pieces)
  if (size > MOST_BYTES)
    fail(where, {
      expected: 'weights of less than 2 GiB, the most that an ONNX file can hold',
      got: `${size} bytes`,
    })
  return inOrder(pieces)
}

/**
 * Writes a model as an ONNX file, as {@link toONNX} makes it.
 *
 * @param destination Where to write it.
 * @returns The bytes of the file, without a destination.
 */
export async function saveONNX(
  model: GraphModel,
  destination?: null,
  options?: ONNXOptions,
): Promise<Uint8Array>
export async function saveONNX(
  model: GraphModel,
  destination: Destination,
  options?: ONNXOptions,
): Promise<undefined>
export async function saveONNX(
  model: GraphModel,
  destination: Destination | null = null,
  options: ONNXOptions = {},
): Promise<Uint8Array | undefined> {
  const where = 'saveONNX'
  formatOf({ formats: { '.onnx': 'onnx' }, standard: 'onnx' }, destination, where)
  return writeTo(destination, where, () => fileOf(where, model, options))
}

function graphOf(model: GraphModel, batchSize: number | null) {
  const { whole, outputNames } = model.graph
  const graph = new OnnxGraph()
  const stored = new Map<Variable, { readonly before: OnnxValue; after: OnnxValue | null }>()
  const lowering = new LayerLowering(graph, {
    state(variable) {
      const known = stored.get(variable)
      const before = known?.before ?? graph.input(variable.path, { shape: variable.shape, type: 'float' })
      if (!known) stored.set(variable, { before, after: null })
      return known?.after ?? before
    },
    update(variable, value) {
      const known = stored.get(variable)
      if (known) known.after = value
    },
  })
  const inputs = whole.inputs.map(({ shape: [batch = null, ...sample], layer }): MaskedOnnx => {
    if (layer.given.dtype === 'string')
      fail(layer.where, {
        expected: 'numbers, in an ONNX file',
        got: 'an input of texts',
        remedy:
          'Export the part of the model behind its TextVectorization: Model(layer.output, model.output).',
      })
    const shape = [batch ?? batchSize, ...sample]
    const { dtype } = layer.given
    const type = dtype === 'bool' || dtype === 'int64' ? dtype : givesIntegers(layer) ? 'int32' : 'float'
    return { value: graph.input(layer.name, { shape, type }), mask: null }
  })
  const results = lowering.layers(whole, inputs)
  const outputs = results.map(({ value }, i) =>
    graph.copy(cast(graph, value, 'float'), outputNames[i] ?? `output_${i}`),
  )
  const states = [...stored].map(([{ path }, { before, after }]) =>
    graph.copy(after ?? before, `${path}/next`),
  )
  return graph.written(model.name, [...outputs, ...states])
}
