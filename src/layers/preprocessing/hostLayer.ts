// Layers that compute on the host, where words are: called on data they give tensors, and in front of a model, as its first layers,
// they make of what the user gives the numbers that go to the device.

import { describeValue, fail } from '../../errors.ts'
import type { Shape } from '../../util/shape.ts'
import { Tensor, toTensor } from '../../util/tensor.ts'
import type { GivenOptions, LayerDefinition, LayerTable } from '../layer.ts'
import { hosting } from '../own/hosting.ts'
import { isTracing } from '../own/tracing.ts'
import { SymbolicTensor } from '../symbolicTensor.ts'
import { WeightlessLayer } from '../weightlessLayer.ts'
import { type Entry, type HostData, isUneven, type NestedStrings, readHostData } from './hostData.ts'
import { cutAtHost } from './hostStage.ts'

/** What a layer on the host gives: numbers, or words. */
export type HostResult = Tensor | NestedStrings

export abstract class HostLayer<Table extends LayerTable = LayerTable> extends WeightlessLayer<Table> {
  constructor(definition: LayerDefinition<Table>, given: GivenOptions) {
    super(definition, given)
    hosting.cut ??= cutAtHost
    hosting.isText ??= isText
    hosting.toData ??= (data, where) =>
      isText(data) ? readHostData(data, 'strings', where) : toTensor(data, where)
  }

  /** @internal What the layer reads. */
  abstract get reads(): Entry

  /** @internal The dtype of an input in front of the layer. */
  get readsDtype(): 'int32' | 'string' {
    return this.reads === 'integers' ? 'int32' : 'string'
  }

  /** @internal Whether the layer gives words, which no device takes. */
  get givesStrings(): boolean {
    return false
  }

  /** @internal Whether what the layer gives are integers, which lie on the device as such where all that reads them reads integers. */
  abstract get givesIntegers(): boolean

  // As in Keras masks end in the layer without a word.
  /** @internal */
  override get losesMask(): boolean {
    return false
  }

  /** @internal What the layer makes of data. */
  abstract apply(data: HostData, where: string): HostResult

  /** @internal */
  override called(args: readonly unknown[]): unknown {
    const [input, ...others] = args
    const isSymbolic =
      input instanceof SymbolicTensor || (Array.isArray(input) && input[0] instanceof SymbolicTensor)
    if (isSymbolic) {
      if (isTracing())
        fail(this.where, {
          expected: 'data, or an Input of a model, since it computes on the host',
          got: 'a symbolic tensor of a function that runs on the device',
          remedy: 'Put it in front: Sequential([TextVectorization(…), model]).',
        })
      return super.called(args)
    }
    if (others.some((each) => each !== undefined))
      fail(this.where, { expected: 'data alone', got: args.map(describeValue).join(', ') })
    return this.apply(readHostData(input, this.reads, this.where), this.where)
  }

  /**
   * Makes of a model's data what goes on: one array, or a list of samples, where these differ in shape.
   * @internal
   * @param rank Axes of the input, the batch included; the last, of 1, may be missing in the data.
   */
  prepare(
    given: unknown,
    where: string,
    [rank, last]: readonly [rank: number, last: number | null],
  ): unknown {
    const at = `${where}, ${this.where}`
    const read = (data: unknown): HostData => readHostData(data, this.reads, at)
    if (isUneven(given)) {
      return (given as readonly unknown[]).map((sample) => {
        const { values, shape } = read(sample)
        const result = this.apply({ values, shape: [1, ...shape] }, at)
        return result instanceof Tensor ? new Tensor(result.data, result.shape.slice(1)) : result
      })
    }
    const { values, shape } = read(given)
    const isShort = shape.length === rank - 1 && last === 1
    return this.apply({ values, shape: isShort ? [...shape, 1] : shape }, at)
  }

  /** @internal */
  protected override lower(): readonly never[] {
    return fail(this.where, {
      expected: 'to be in front of a model, since it computes on the host',
      got: 'a layer of a model that is one of another',
      remedy: 'Call the layer first, and the inner model on what it gives.',
    })
  }
}

/** Whether data are words, by the first entry. */
function isText(data: unknown): boolean {
  let inner = data
  while (Array.isArray(inner) && inner[0] !== inner) inner = inner[0] as unknown
  return typeof inner === 'string'
}

/** Values of a shape as nested arrays. */
export function nestedOf<T>(values: readonly T[], shape: Shape): unknown {
  const [extent, ...rest] = shape
  if (extent === undefined) return values[0]
  const each = values.length / (extent || 1)
  return Array.from({ length: extent }, (_, i) => nestedOf(values.slice(i * each, (i + 1) * each), rest))
}
