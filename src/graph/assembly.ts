// The compiled CPU functions (src/backends/cpu/assembly) as operations see them, and how an operation has itself called there.

import type { Params, StepScalars } from './operation.ts'

/** What src/backends/cpu/assembly exports. Pointers are byte addresses; 0 is an absent tensor. */
export interface Assembly {
  /** Where the module's own data end. */
  readonly heapBase: WebAssembly.Global
  /** The greatest code of an activation that the functions know. */
  readonly knownActivations: WebAssembly.Global
  matmul(
    batch: number,
    m: number,
    n: number,
    k: number,
    a: number,
    transposedA: boolean,
    b: number,
    transposedB: boolean,
    bias: number,
    y: number,
    activation: number,
  ): void
  columnSums(k: number, n: number, b: number, sums: number): void
  /** Extents of the convolution that the next call computes, in the order of the kernels' parameters. */
  bindGeometry(...extents: readonly number[]): void
  convolutionScratch(terms: number): number
  convolution(x: number, weights: number, bias: number, y: number, activation: number, scratch: number): void
  convolutionInputGradient(dy: number, weights: number, dx: number, scratch: number): void
  convolutionKernelGradient(
    x: number,
    dy: number,
    kernelParts: number,
    biasParts: number,
    chunks: number,
    scratch: number,
  ): void
  convLstmScratch(rows: number, units: number, terms: number): number
  convLstm(
    batch: number,
    time: number,
    space: number,
    units: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    h0: number,
    c0: number,
    gates: number,
    h: number,
    c: number,
    hLast: number,
    cLast: number,
    scratch: number,
  ): void
  convLstmGradient(
    batch: number,
    time: number,
    space: number,
    units: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    c: number,
    c0: number,
    dh: number,
    lastOnly: boolean,
    dcLast: number,
    gates: number,
    dh0: number,
    dc0: number,
    scratch: number,
  ): void
  convRecurrentKernelGradient(
    batch: number,
    time: number,
    space: number,
    units: number,
    reverse: number,
    h: number,
    h0: number,
    dz: number,
    parts: number,
    chunks: number,
    scratch: number,
  ): void
  lstmScratch(batch: number, units: number): number
  lstm(
    batch: number,
    time: number,
    units: number,
    directions: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    h0: number,
    c0: number,
    gates: number,
    h: number,
    c: number,
    hLast: number,
    cLast: number,
    scratch: number,
  ): void
  lstmGradient(
    batch: number,
    time: number,
    units: number,
    directions: number,
    reverse: number,
    activation: number,
    gate: number,
    recurrentKernel: number,
    c: number,
    c0: number,
    dh: number,
    lastOnly: boolean,
    dcLast: number,
    gates: number,
    dh0: number,
    dc0: number,
    scratch: number,
  ): void
  recurrentKernelGradientScratch(units: number, columns: number): number
  recurrentKernelGradient(
    batch: number,
    time: number,
    units: number,
    columns: number,
    directions: number,
    reverse: number,
    h: number,
    h0: number,
    dz: number,
    dR: number,
    scratch: number,
  ): void
  adam(
    size: number,
    gradients: number,
    parameters: number,
    m: number,
    v: number,
    firstShare: number,
    secondShare: number,
    epsilon: number,
    rate: number,
  ): void
  sgd(size: number, gradients: number, parameters: number, rate: number): void
  activationGradient(code: number, size: number, results: number, dy: number, dx: number): void
}

/** Addresses of an operation's tensors; 0 where one is absent. */
export type Addresses<Name extends string = string> = Readonly<Record<Name, number>>

export type CompiledCall<S = StepScalars> = (step: S) => void

/** An operation's CPU function, compiled. */
export interface Compiled<Name extends string = string, P = Params, S = StepScalars> {
  /** Bytes of working memory that a call needs; none by default. */
  scratch?(assembly: Assembly, params: P): number
  /** The call on tensors at these addresses; null where the compiled function does not cover the case. */
  bind(assembly: Assembly, at: Addresses<Name>, params: P, scratch: number): CompiledCall<S> | null
}

/** Whether the compiled functions know these codes of activations. */
export const knows = ({ knownActivations }: Assembly, ...codes: readonly (number | undefined)[]): boolean =>
  codes.every((code) => code !== undefined && code <= knownActivations.value)
