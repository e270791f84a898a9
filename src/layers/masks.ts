// The masks of calls on symbolic tensors: which fit, and where they go. A mask is one of the first axes of its tensor,
// [batch, timesteps, …], known by their number.

import { fail } from '../errors.ts'
import { type OpenShape, showShape } from '../util/shape.ts'
import type { Layer } from './layer.ts'
import type { LayerNode, OwnOptions } from './symbolicTensor.ts'

/** Of each of several tensors the number of axes of its mask; 0, or none, where it has no mask. */
export type MaskAxes = readonly (number | undefined)[]

/** What layers say whose masks are not of the first axes of inputs. */
export interface MasksOtherAxes {
  /** The extents of an input that a mask has, of which it may have the first ones; null where any fits. */
  maskedAxes(input: OpenShape): OpenShape
}

/** Layers that have said that a mask ends in them: a `call` of the user's own is traced for each step. */
const told = new WeakSet<Layer>()

/** The axes of the masks of a call's inputs: of those that are given, or else of those that come along. */
export const maskAxesOf = (inputs: LayerNode['inputs'], given: LayerNode['masks']): MaskAxes =>
  inputs.map(({ maskAxes }, i) => given[i]?.shape.length ?? maskAxes)

/** The masks of the outputs of a layer's call, whose inputs come with masks or are given some. */
export function followMasks(
  layer: Layer,
  inputs: readonly OpenShape[],
  attached: MaskAxes,
  given: LayerNode['masks'],
  options: OwnOptions = {},
): MaskAxes {
  if (given.length > 0 && (!layer.takesMask || given.length !== inputs.length))
    refuse(
      layer,
      given.map((mask) => mask?.shape ?? []),
      inputs,
    )
  const masks = inputs.map((shape, i) => given[i]?.shape ?? shape.slice(0, attached[i] ?? 0))
  checkMasks(layer, masks, inputs)
  // Who gives a mask knows where it is needed; of one that came along later layers may be expected to see it, too.
  if (given.length === 0 && layer.losesMask && attached.some(Boolean) && !told.has(layer)) {
    told.add(layer)
    console.warn(
      `${layer.where}: the mask of its input ends here: later layers, losses and metrics see none.`,
    )
  }
  return layer.outputMasks(
    masks.map(({ length }) => length),
    inputs,
    options,
  )
}

/**
 * Checks that masks are of the first axes of their inputs, or of those that the layer says, and of recurrent layers of batch and time;
 * open extents fit any.
 */
export function checkMasks(layer: Layer, masks: readonly OpenShape[], inputs: readonly OpenShape[]): void {
  const axes = inputs.map((shape) =>
    'maskedAxes' in layer ? (layer as MasksOtherAxes).maskedAxes(shape) : shape,
  )
  const fits = (mask: OpenShape, i: number): boolean =>
    (mask.length === 2 || mask.length === 0 || !layer.takesStates) &&
    mask.every((extent, axis) => {
      const expected = axes[i]?.[axis]
      return (
        extent === expected ||
        expected === null ||
        (extent === null && expected !== undefined) ||
        (extent === 1 && 'broadcastsMask' in layer)
      )
    })
  if (!masks.every(fits)) refuse(layer, masks, inputs)
}

function refuse(
  { where, takesMask }: Layer,
  masks: readonly OpenShape[],
  inputs: readonly OpenShape[],
): never {
  return fail(where, {
    expected: takesMask ? `a mask [batch, timesteps] for ${inputs.map(showShape).join(' and ')}` : 'no mask',
    got: masks.map((mask) => (mask.length > 0 ? showShape(mask) : 'none')).join(' and '),
  })
}
