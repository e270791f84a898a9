// Where the channels of inputs and outputs lie. Layers over space are written for channels last. In the format 'channels_first' their
// inputs and outputs are transposed, and transpositions between neighbours cancel (ops/sinkTransposes.ts).

import { checkOneOf } from '../../errors.ts'
import type { Value } from '../../graph/graph.ts'
import { sinkTransposes } from '../../ops/sinkTransposes.ts'
import { transpose } from '../../ops/transpose.ts'
import { computed } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import { activate } from '../activations/activate.ts'
import { isElementwise } from '../activations/elementwise.ts'
import type { CallRequest, MaskedValue, NoWeights, StepLowering, WeightRecord } from '../call.ts'
import { knownExtent } from '../inputChecks.ts'
import { Layer, type LayerTable } from '../layer.ts'
import type { ReadActivation } from '../options.ts'
import { DATA_FORMATS, type DataFormat, imageDataFormat } from './imageDataFormat.ts'

export interface DataFormatOptions {
  /**
   * The position of the channels: `'channels_last'`, behind the axes of space, or `'channels_first'`, before them; `null`, the default,
   * takes the setting of `config.setImageDataFormat`.
   */
  readonly dataFormat?: DataFormat | null
}

/** A layer has the format that it was made with, whatever is set later. */
export const dataFormat = computed<DataFormat, DataFormat | null>((where, name, value) =>
  value === undefined || value === null ? imageDataFormat() : checkOneOf(where, name, value, DATA_FORMATS),
)

/** What has a format; without the option it is channels last. */
interface Formatted {
  readonly config: object
}

/** What computes over space: a layer, or a function of `ops`. */
export interface Spatial extends Formatted {
  /** What errors call it. */
  readonly where: string
}

const isChannelsFirst = ({ config }: Formatted): boolean =>
  Reflect.get(config, 'dataFormat') === 'channels_first'

/** What is said of each axis, channels last, from the same in the layer's format, where `axis` is that of the channels. */
export const channelsLast = <T>(layer: Formatted, axes: readonly T[], axis = 1): readonly T[] =>
  isChannelsFirst(layer)
    ? [...axes.slice(0, axis), ...axes.slice(axis + 1), ...axes.slice(axis, axis + 1)]
    : axes

/** The inverse of {@link channelsLast}. */
export const inFormat = <T>(layer: Formatted, axes: readonly T[], axis = 1): readonly T[] =>
  isChannelsFirst(layer) ? [...axes.slice(0, axis), ...axes.slice(-1), ...axes.slice(axis, -1)] : axes

/** The axis in the layer's format of an axis with the channels last, as errors name it. */
export const axisInFormat = (layer: Formatted, axis: number, rank: number): number =>
  inFormat(
    layer,
    Array.from({ length: rank }, (_, k) => k),
  ).indexOf(axis)

/** The number of channels, which must be known; `shape` has the channels last. */
export const channelsOf = (layer: Layer, shape: OpenShape, axis = 1): number =>
  knownExtent(
    layer,
    inFormat(layer, shape, axis),
    isChannelsFirst(layer) ? axis : shape.length - 1,
    'channels',
  )

type Step = Pick<StepLowering, 'graph' | 'finish'>

function transposed(
  { graph, finish }: Step,
  x: Value,
  permute: (axes: readonly number[]) => readonly number[],
): Value {
  finish(sinkTransposes)
  return transpose(graph, { x }, { permutation: permute(x.shape.map((_, axis) => axis)) }).y
}

/** A tensor in the layer's format with channels last. */
export const toChannelsLast = (layer: Formatted, step: Step, x: Value, axis = 1): Value =>
  isChannelsFirst(layer) ? transposed(step, x, (axes) => channelsLast(layer, axes, axis)) : x

/** A tensor with channels last in the layer's format. */
export const toFormat = (layer: Formatted, step: Step, y: Value, axis = 1): Value =>
  isChannelsFirst(layer) ? transposed(step, y, (axes) => inFormat(layer, axes, axis)) : y

/**
 * act(y) of y with channels last. What an activation does along axes, as softmax does along the last, it does along those of the
 * layer's format, as in Keras.
 */
export const activateInFormat = (layer: Formatted, step: Step, y: Value, name: ReadActivation): Value =>
  isElementwise(name)
    ? activate(step.graph, y, name)
    : toChannelsLast(layer, step, activate(step.graph, toFormat(layer, step, y), name))

/**
 * @internal A layer over space: `build` and `lower` see channels last. `outputShapes` is given shapes in the layer's format, of which
 * `checkSpace` makes ones with channels last, and gives such shapes back by `inFormat`.
 */
export abstract class SpatialLayer<
  Table extends LayerTable,
  Weights extends WeightRecord = NoWeights,
> extends Layer<Table, Weights> {
  override ensureBuilt(scope: string, inputs: readonly OpenShape[]): void {
    if (this.built) return
    const last = inputs.map((shape) => channelsLast(this, shape))
    super.ensureBuilt(scope, last)
    this.builtShapes = inputs
  }

  protected override lowerCall(step: StepLowering, request: CallRequest): readonly MaskedValue[] {
    const inputs = request.inputs.map((x) => toChannelsLast(this, step, x))
    return super
      .lowerCall(step, { ...request, inputs })
      .map(({ value, mask }) => ({ value: toFormat(this, step, value), mask }))
  }
}

/** @internal A layer over space without weights. */
export abstract class WeightlessSpatialLayer<Table extends LayerTable> extends SpatialLayer<Table> {
  protected override createWeights(): NoWeights {
    return {}
  }
}
