// Which operations the CPU backend runs in WebAssembly, by their names, and how they are called there. All others, and what
// these do not cover, run as their own CPU functions.

import type { Kernel } from '../../graph/kernel.ts'
import type { KernelParams, Params, StepScalars } from '../../graph/operation.ts'
import type {
  adam,
  convolution,
  convolutionInputGradient,
  convolutionKernelGradient,
  convRecurrentKernelGradient,
  lstmSequence,
  lstmSequenceGradient,
  lstmStep,
  lstmStepGradient,
  matmul,
  recurrentKernelGradient,
  sgd,
} from '../../ops/kernels.gen.ts'
import type { Assembly } from './wasm.ts'

/** Addresses of an operation's tensors; 0 where one is absent. */
export type Addresses<Name extends string = string> = Readonly<Record<Name, number>>
export type Call = (step: StepScalars) => void

export interface Accelerated {
  /** Bytes of working memory that a call needs. */
  scratch(assembly: Assembly, params: Params): number
  /** The call for these tensors, or null where it does not cover the case. */
  bind(assembly: Assembly, at: Addresses, params: Params, scratch: number): Call | null
}

type TensorName<K extends Kernel> = K['bindings'][number]['name']

/** Names are checked against the kernel's signature, as the operations' own CPU functions are. */
function accelerate<K extends Kernel>(definition: {
  scratch?(assembly: Assembly, params: KernelParams<K>): number
  bind(
    assembly: Assembly,
    at: Addresses<TensorName<K>>,
    params: KernelParams<K>,
    scratch: number,
  ): Call | null
}): Accelerated {
  return {
    scratch: (assembly, params) => definition.scratch?.(assembly, params as KernelParams<K>) ?? 0,
    bind: (assembly, at, params, scratch) =>
      definition.bind(assembly, at, params as KernelParams<K>, scratch),
  }
}

const knows = ({ knownActivations }: Assembly, ...codes: readonly (number | undefined)[]): boolean =>
  codes.every((code) => code !== undefined && code <= knownActivations.value)

type Geometry = Pick<KernelParams<typeof convolution>, (typeof EXTENTS)[number]>
const EXTENTS = [
  'batch',
  'height',
  'width',
  'channels',
  'outHeight',
  'outWidth',
  'filters',
  'groups',
  'kernelHeight',
  'kernelWidth',
  'strideHeight',
  'strideWidth',
  'dilationHeight',
  'dilationWidth',
  'paddingTop',
  'paddingLeft',
] as const

const extentsOf = (geometry: Geometry): readonly number[] => EXTENTS.map((name) => geometry[name])
const windowScratch = (
  assembly: Assembly,
  { kernelHeight, kernelWidth, channels, groups }: Geometry,
): number => assembly.convolutionScratch((kernelHeight * kernelWidth * channels) / groups)

type Space = {
  readonly [N in 'SPACE' | 'HEIGHT' | 'WIDTH' | 'KERNEL_HEIGHT' | 'KERNEL_WIDTH']?: number
} & { readonly batch: number; readonly units: number }

const spaceScratch = (
  assembly: Assembly,
  { batch, units, KERNEL_HEIGHT = 1, KERNEL_WIDTH = 1 }: Space,
): number => assembly.convLstmScratch(batch, units, KERNEL_HEIGHT * KERNEL_WIDTH * units)

const spaceExtents = ({
  batch,
  units,
  SPACE = 1,
  HEIGHT = 1,
  WIDTH = 1,
  KERNEL_HEIGHT = 1,
  KERNEL_WIDTH = 1,
}: Space) =>
  extentsOf({
    batch: batch / SPACE,
    height: HEIGHT,
    width: WIDTH,
    channels: units,
    outHeight: HEIGHT,
    outWidth: WIDTH,
    filters: 4 * units,
    groups: 1,
    kernelHeight: KERNEL_HEIGHT,
    kernelWidth: KERNEL_WIDTH,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    paddingTop: (KERNEL_HEIGHT - 1) >> 1,
    paddingLeft: (KERNEL_WIDTH - 1) >> 1,
  })

export const accelerated: Readonly<Record<string, Accelerated>> = {
  matmul: accelerate<typeof matmul>({
    bind(assembly, { a, b, bias, y, columnSums }, p) {
      const { m, n, k, ACTIVATION: activation = 0 } = p
      const [transposedA, transposedB] = [p.aColumn !== 1, p.bColumn !== 1]
      if (!knows(assembly, activation) || (p.hasSums && transposedB)) return null
      return () => {
        assembly.matmul(m, n, k, a, transposedA, b, transposedB, p.hasBias ? bias : 0, y, activation)
        if (p.hasSums) assembly.columnSums(k, n, b, columnSums)
      }
    },
  }),

  convolution: accelerate<typeof convolution>({
    scratch: windowScratch,
    bind(assembly, { x, kernel, bias, y }, p, scratch) {
      const { ACTIVATION: activation = 0 } = p
      if (!knows(assembly, activation)) return null
      const extents = extentsOf(p)
      return () => {
        assembly.bindGeometry(...extents)
        assembly.convolution(x, kernel, p.hasBias ? bias : 0, y, activation, scratch)
      }
    },
  }),

  convolutionInputGradient: accelerate<typeof convolutionInputGradient>({
    scratch: windowScratch,
    bind(assembly, { dy, kernel, dx }, p, scratch) {
      const extents = extentsOf(p)
      return () => {
        assembly.bindGeometry(...extents)
        assembly.convolutionInputGradient(dy, kernel, dx, scratch)
      }
    },
  }),

  convolutionKernelGradient: accelerate<typeof convolutionKernelGradient>({
    scratch: windowScratch,
    bind(assembly, { x, dy, kernelParts, biasParts }, p, scratch) {
      const extents = extentsOf(p)
      return () => {
        assembly.bindGeometry(...extents)
        assembly.convolutionKernelGradient(x, dy, kernelParts, p.hasBias ? biasParts : 0, p.chunks, scratch)
      }
    },
  }),

  lstmStep: accelerate<typeof lstmStep>({
    scratch: spaceScratch,
    bind(assembly, { recurrentKernel, h0, c0, gates, h, c, hLast, cLast }, p, scratch) {
      const { batch: rows, time, units, reverse, ACTIVATION, RECURRENT_ACTIVATION, SPACE: space = 1 } = p
      if (p.recurrentRate > 0 || !knows(assembly, ACTIVATION, RECURRENT_ACTIVATION)) return null
      const activation = ACTIVATION ?? 0
      const gate = RECURRENT_ACTIVATION ?? 0
      const extents = spaceExtents(p)
      return () => {
        assembly.bindGeometry(...extents)
        assembly.convLstm(
          rows / space,
          time,
          space,
          units,
          reverse,
          activation,
          gate,
          recurrentKernel,
          h0,
          c0,
          gates,
          h,
          c,
          hLast,
          cLast,
          scratch,
        )
      }
    },
  }),

  lstmStepGradient: accelerate<typeof lstmStepGradient>({
    scratch: spaceScratch,
    bind(assembly, { recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0 }, p, scratch) {
      const { batch: rows, time, units, reverse, ACTIVATION, RECURRENT_ACTIVATION, SPACE: space = 1 } = p
      if (p.recurrentRate > 0 || !knows(assembly, ACTIVATION, RECURRENT_ACTIVATION)) return null
      const activation = ACTIVATION ?? 0
      const gate = RECURRENT_ACTIVATION ?? 0
      const extents = spaceExtents(p)
      return () => {
        assembly.bindGeometry(...extents)
        assembly.convLstmGradient(
          rows / space,
          time,
          space,
          units,
          reverse,
          activation,
          gate,
          recurrentKernel,
          c,
          c0,
          dh,
          p.dhKind === 2,
          dcLast,
          gates,
          dh0,
          dc0,
          scratch,
        )
      }
    },
  }),

  convRecurrentKernelGradient: accelerate<typeof convRecurrentKernelGradient>({
    scratch: spaceScratch,
    bind(assembly, { h, h0, dz, parts }, p, scratch) {
      const { batch: rows, time, units, reverse, chunks, SPACE: space = 1 } = p
      if (p.recurrentRate > 0) return null
      const extents = spaceExtents(p)
      return () => {
        assembly.bindGeometry(...extents)
        assembly.convRecurrentKernelGradient(
          rows / space,
          time,
          space,
          units,
          reverse,
          h,
          h0,
          dz,
          parts,
          chunks,
          scratch,
        )
      }
    },
  }),

  lstmSequence: accelerate<typeof lstmSequence>({
    scratch: (assembly, { batch, units }) => assembly.lstmScratch(batch, units),
    bind(assembly, { recurrentKernel, h0, c0, gates, h, c, hLast, cLast }, p, scratch) {
      const { batch, time, units, reverse, ACTIVATION, RECURRENT_ACTIVATION } = p
      if (p.recurrentRate > 0 || !knows(assembly, ACTIVATION, RECURRENT_ACTIVATION)) return null
      const activation = ACTIVATION ?? 0
      const gate = RECURRENT_ACTIVATION ?? 0
      return () =>
        assembly.lstm(
          batch,
          time,
          units,
          reverse,
          activation,
          gate,
          recurrentKernel,
          h0,
          c0,
          gates,
          h,
          c,
          hLast,
          cLast,
          scratch,
        )
    },
  }),

  lstmSequenceGradient: accelerate<typeof lstmSequenceGradient>({
    scratch: (assembly, { batch, units }) => assembly.lstmScratch(batch, units),
    bind(assembly, { recurrentKernel, c, c0, dh, dcLast, gates, dh0, dc0 }, p, scratch) {
      const { batch, time, units, reverse, dhKind, ACTIVATION, RECURRENT_ACTIVATION } = p
      if (p.recurrentRate > 0 || !knows(assembly, ACTIVATION, RECURRENT_ACTIVATION)) return null
      const activation = ACTIVATION ?? 0
      const gate = RECURRENT_ACTIVATION ?? 0
      return () =>
        assembly.lstmGradient(
          batch,
          time,
          units,
          reverse,
          activation,
          gate,
          recurrentKernel,
          c,
          c0,
          dh,
          dhKind === 2,
          dcLast,
          gates,
          dh0,
          dc0,
          scratch,
        )
    },
  }),

  recurrentKernelGradient: accelerate<typeof recurrentKernelGradient>({
    scratch: (assembly, { units, columns }) => assembly.recurrentKernelGradientScratch(units, columns),
    bind(assembly, { h, h0, dz, dR }, { batch, time, units, columns, reverse, recurrentRate }, scratch) {
      if (recurrentRate > 0) return null
      return () =>
        assembly.recurrentKernelGradient(batch, time, units, columns, reverse, h, h0, dz, dR, scratch)
    },
  }),

  adam: accelerate<typeof adam>({
    bind(assembly, { gradients, parameters, m, v }, { size, firstShare, secondShare, epsilon }) {
      return ({ rate }) =>
        assembly.adam(size, gradients, parameters, m, v, firstShare, secondShare, epsilon, rate)
    },
  }),

  sgd: accelerate<typeof sgd>({
    bind:
      (assembly, { gradients, parameters }, { size }) =>
      ({ rate }) =>
        assembly.sgd(size, gradients, parameters, rate),
  }),
}
