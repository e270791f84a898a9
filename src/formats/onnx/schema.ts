// The messages of an ONNX file that a written one has, with the numbers of their fields.
// @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3

/** How a field of numbers or text is written. */
type Scalar = 'integer' | 'integers' | 'float' | 'floats' | 'text' | 'texts' | 'bytes'

/** Fields of a message by name: the number, and what it holds, which may be a message or a list of messages. */
export interface Message {
  readonly [field: string]: readonly [number: number, holds: Scalar | (() => Message)]
}

const operatorSet: Message = { domain: [1, 'text'], version: [2, 'integer'] }
const dimension: Message = { dimValue: [1, 'integer'], dimParam: [2, 'text'] }
const tensorShape: Message = { dim: [1, () => dimension] }
const tensorType: Message = { elemType: [1, 'integer'], shape: [2, () => tensorShape] }
const type: Message = { tensorType: [1, () => tensorType] }
const valueInfo: Message = { name: [1, 'text'], type: [2, () => type] }
const tensor: Message = {
  dims: [1, 'integers'],
  dataType: [2, 'integer'],
  name: [8, 'text'],
  rawData: [9, 'bytes'],
}
const attribute: Message = {
  name: [1, 'text'],
  f: [2, 'float'],
  i: [3, 'integer'],
  s: [4, 'text'],
  g: [6, () => graph],
  floats: [7, 'floats'],
  ints: [8, 'integers'],
  strings: [9, 'texts'],
  type: [20, 'integer'],
}
const node: Message = {
  input: [1, 'texts'],
  output: [2, 'texts'],
  name: [3, 'text'],
  opType: [4, 'text'],
  attribute: [5, () => attribute],
}
const graph: Message = {
  node: [1, () => node],
  name: [2, 'text'],
  initializer: [5, () => tensor],
  input: [11, () => valueInfo],
  output: [12, () => valueInfo],
}

/** A whole file. */
export const modelMessage: Message = {
  irVersion: [1, 'integer'],
  producerName: [2, 'text'],
  producerVersion: [3, 'text'],
  graph: [7, () => graph],
  opsetImport: [8, () => operatorSet],
}

/** Kinds of tensors' elements. */
export const elementTypes = { float: 1, int32: 6, int64: 7, bool: 9 } as const

export type ElementType = keyof typeof elementTypes

/** Kinds of attributes. */
export const attributeTypes = { f: 1, i: 2, s: 3, g: 5, floats: 6, ints: 7, strings: 8 } as const

export interface TensorProto {
  readonly name: string
  readonly dims: readonly number[]
  readonly dataType: number
  readonly rawData: Uint8Array
}

/** An extent, or the name of an open one, which may be left out. */
export interface DimensionProto {
  readonly dimValue?: number
  readonly dimParam?: string
}

export interface ValueInfoProto {
  readonly name: string
  readonly type: {
    readonly tensorType: {
      readonly elemType: number
      readonly shape: { readonly dim: readonly DimensionProto[] }
    }
  }
}

export interface AttributeProto {
  readonly name: string
  readonly type: number
  readonly g?: GraphProto
}

export interface NodeProto {
  readonly opType: string
  readonly name: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly AttributeProto[]
}

export interface GraphProto {
  readonly name: string
  readonly node: readonly NodeProto[]
  readonly initializer: readonly TensorProto[]
  readonly input: readonly ValueInfoProto[]
  readonly output: readonly ValueInfoProto[]
}

export interface ModelProto {
  readonly irVersion: number
  readonly producerName: string
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[]
  readonly graph: GraphProto
}
