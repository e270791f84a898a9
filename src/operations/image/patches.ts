// Windows of images and volumes as entries of the last axis, and images of such windows.

import { checkExtent, describeValue, fail } from '../../errors.ts'
import {
  type Extents,
  extents,
  perAxis,
  readExtents,
  symmetricPadding,
  windowsOf,
} from '../../layers/convolutional/spatial.ts'
import { paddingOf, type Window, windowedExtent } from '../../layers/convolutional/window.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { nullable, readOptions, type TableFor } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import { getItem } from '../indexing.ts'
import { integersOf, type Operand } from '../operation.ts'
import { operation } from '../operationLayer.ts'
import { pad } from '../padding.ts'
import { moveaxis, reshape } from '../shapes.ts'
import { take } from '../taking.ts'
import { channelsOf, type ImageOptions, type Images, imageOptions, readImages, spaceOf } from './imageCall.ts'

export interface ExtractPatchesOptions extends ImageOptions {
  /** How far windows are apart along each axis; null, the default: the windows' size, so that one follows the other. */
  readonly strides?: Extents | null
  /** How far entries of a window are apart, 1 by default. */
  readonly dilationRate?: Extents
  /** `'valid'`, the default: windows lie inside; `'same'`: with zeros around, as many as strides fit. */
  readonly padding?: 'valid' | 'same'
}

const extractOptions = {
  strides: nullable<Extents>(extents(1).read),
  dilationRate: extents(1),
  padding: symmetricPadding,
  ...imageOptions,
} as const satisfies TableFor<ExtractPatchesOptions>

const readExtract = (name: string, options: ExtractPatchesOptions) =>
  readOptions(name, extractOptions, options)

/** Axes of space: 2 of images, 3 of volumes. */
type Space = 2 | 3

/** How many windows there are along an axis, what each has, and the zeros around the axis. */
interface Cut {
  readonly count: number
  readonly window: Window
  readonly sides: readonly [number, number]
}

/** [batch, …space, channels] with each axis of space as two: [batch, windows, entries, windows, entries, …, channels]. */
function separated(x: Operand, extents: readonly number[], cuts: readonly Cut[]): SymbolicTensor {
  const isTiled = cuts.every(
    ({ window: { window, stride, dilation } }) => stride === window && dilation === 1,
  )
  if (!isTiled)
    return cuts.reduceRight<Operand>((rest, { count, window: { window, stride, dilation } }, i) => {
      const places = Array.from({ length: count }, (_, at) =>
        Array.from({ length: window }, (_, k) => at * stride + k * dilation),
      )
      return take(rest, places, i + 1)
    }, x) as SymbolicTensor
  // Windows that follow each other are parts of a row.
  const used = cuts.map(({ count, window }) => count * window.window)
  const isWhole = used.every((end, i) => end === extents[i])
  const whole = isWhole ? x : getItem(x, [null, ...used.map((end): [number, number] => [0, end])])
  const channels = extents.at(-1) ?? 1
  return reshape(whole, [-1, ...cuts.flatMap(({ count, window }) => [count, window.window]), channels])
}

function patchesOf(
  images: Images,
  size: Extents,
  rank: Space,
  options: ReturnType<typeof readExtract>,
): SymbolicTensor {
  const { where, shape, x } = images
  const layer = { where, config: { dataFormat: 'channels_last' } } as const
  const { strides, dilationRate } = options
  const space = spaceOf(images)
  const channels = channelsOf(images)
  const given = { kernelSize: size, strides: strides ?? size, dilationRate }
  const cuts = windowsOf(layer, rank, given, options.padding).map((window, i): Cut => {
    const count = windowedExtent(layer, shape, i + 1, window) ?? 1
    return { count, window, sides: paddingOf(space[i] ?? 1, window) }
  })
  const isPadded = cuts.some(({ sides: [before, behind] }) => before + behind > 0)
  const around: [number, number][] = [
    [0, 0],
    ...cuts.map(({ sides: [a, b] }): [number, number] => [a, b]),
    [0, 0],
  ]
  const extents = cuts.map(({ sides: [before, behind] }, i) => (space[i] ?? 1) + before + behind)
  const apart = separated(isPadded ? pad(x, around) : x, [...extents, channels], cuts)
  // [windows, entries, windows, entries, …] → [windows, windows, …, entries, entries, …]
  let patches = apart
  for (let i = 1; i < rank; i++) patches = moveaxis(patches, 1 + 2 * i, 1 + i)
  const length = cuts.reduce((product, { window }) => product * window.window, channels)
  return reshape(patches, [-1, ...cuts.map(({ count }) => count), length])
}

/** The size of windows, which says by its length whether there are images or volumes. */
function readSize(name: string, size: Extents, axes: readonly Space[] = [2, 3]): Space {
  const read = readExtents(name, 'size', size)
  const count = typeof read === 'number' ? 2 : read.length
  const found = axes.find((rank) => rank === count)
  return found ?? fail(name, { expected: `size of ${axes.join(' or ')} extents`, got: describeValue(size) })
}

/**
 * Windows of images, row by row in the last axis: `extractPatches(images, 16)`, `[batch, rows, columns, channels]` →
 * `[batch, windows down, windows across, 16 · 16 · channels]`. A size of three extents is that of windows of volumes.
 *
 * @param size Extents of a window, `[height, width]` or `[depth, height, width]`; a number for both of an image.
 * @see keras/src/ops/image.py
 */
export const extractPatches = operation(
  'image',
  'ExtractPatches',
  'images size= {strides=null dilationRate=1 padding="valid" dataFormat=null}',
  (given: Operand, size: Extents, options: ExtractPatchesOptions = {}): SymbolicTensor => {
    const name = 'ops.image.extractPatches'
    const read = readExtract(name, options)
    const rank = readSize(name, size)
    const { images, put } = readImages(name, given, read, rank)
    return put(patchesOf(images, size, rank, read))
  },
  { name: 'ops.image.extractPatches' },
)

/**
 * Windows of volumes in the last axis, as by {@link extractPatches}, where a number as the size is that of all three axes.
 *
 * @see keras/src/ops/image.py
 */
export const extractPatches3d = operation(
  'image',
  'ExtractPatches',
  'volumes size= {strides=null dilationRate=1 padding="valid" dataFormat=null}',
  (volumes: Operand, size: Extents, options: ExtractPatchesOptions = {}): SymbolicTensor => {
    const name = 'ops.image.extractPatches3d'
    const read = readExtract(name, options)
    const all = typeof size === 'number' ? [size, size, size] : size
    const { images, put } = readImages(name, volumes, read, readSize(name, all, [3]))
    return put(patchesOf(images, all, 3, read))
  },
  { name: 'ops.image.extractPatches3d' },
)

export interface ReconstructPatchesOptions extends ImageOptions {
  /** Null, the default, or the size: windows follow each other. */
  readonly strides?: Extents | null
  /** `'valid'`, the default, or `'same'`: windows reach beyond the image, as `extractPatches` has them with that padding. */
  readonly padding?: 'valid' | 'same'
}

const reconstructOptions = {
  strides: nullable<Extents>(extents(1).read),
  padding: symmetricPadding,
  ...imageOptions,
} as const satisfies TableFor<ReconstructPatchesOptions>

/** What is left out before and behind of the windows of an axis, so that `extent` remains. */
function trimOf(
  name: string,
  { count, size, extent }: Record<'count' | 'size' | 'extent', number>,
  isSame: boolean,
) {
  const most = count * size
  const fits = isSame ? extent > most - size && extent <= most : extent === most
  if (!fits)
    fail(name, {
      expected: isSame ? `an extent above ${most - size} and up to ${most}` : `an extent of ${most}`,
      got: `${extent} in outputSize`,
      remedy: isSame ? undefined : "Of windows that were made with padding: 'same', give that.",
    })
  const before = Math.floor((most - extent) / 2)
  return [before, before + extent] as const
}

/**
 * Images of windows that follow each other: the inverse of {@link extractPatches}.
 *
 * @param size Extents of a window.
 * @param outputSize Extents of the images, `[height, width]` or `[depth, height, width]`.
 * @see keras/src/ops/image.py
 */
export const reconstructPatches = operation(
  'image',
  'ReconstructPatches',
  'patches size= outputSize= {strides=null padding="valid" dataFormat=null}',
  (
    patches: Operand,
    size: Extents,
    outputSize: readonly number[],
    options: ReconstructPatchesOptions = {},
  ): SymbolicTensor => {
    const name = 'ops.image.reconstructPatches'
    const read = readOptions(name, reconstructOptions, options)
    const rank = readSize(name, size)
    const layer = { where: name, config: {} }
    const windows = perAxis(layer, rank, 'size', size)
    const strides = perAxis(layer, rank, 'strides', read.strides ?? size)
    if (strides.some((stride, i) => stride !== windows[i]))
      fail(name, { expected: 'strides as the size', got: strides.join(', ') })
    const targets = integersOf(name, 'outputSize', outputSize).map((extent) =>
      checkExtent(name, 'outputSize', extent),
    )
    if (targets.length !== rank)
      fail(name, { expected: `outputSize of ${rank} extents`, got: describeValue(outputSize) })
    const { images, put } = readImages(name, patches, read, rank)
    const counts = spaceOf(images)
    const entries = windows.reduce((product, extent) => product * extent, 1)
    const channels = channelsOf(images) / entries
    if (!Number.isInteger(channels))
      fail(name, { expected: `windows of a multiple of ${entries} entries`, got: showShape(images.shape) })
    let pairs = reshape(images.x, [-1, ...counts, ...windows, channels])
    for (let i = rank - 1; i > 0; i--) pairs = moveaxis(pairs, 1 + i, 1 + 2 * i)
    const all = reshape(pairs, [-1, ...windows.map((extent, i) => extent * (counts[i] ?? 1)), channels])
    const parts = windows.map((extent, i) =>
      trimOf(name, { count: counts[i] ?? 1, size: extent, extent: targets[i] ?? 1 }, read.padding === 'same'),
    )
    return put(getItem(all, [null, ...parts]))
  },
  { name: 'ops.image.reconstructPatches' },
)
