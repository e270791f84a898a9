/**
 * What the build step (`shaders/build.ts`) knows of a WGSL kernel after linking and reflecting it.
 * The WGSL signature is the operation's signature: read-only storage bindings are inputs, read-write ones outputs,
 * the fields of `params` scalars, `override`s the tuning. `kernels.gen.ts` holds one `as const` value of this type per
 * shader, so that a misspelled tensor or parameter fails `tsc`.
 */
export type ScalarType = 'f32' | 'u32' | 'i32'

export interface KernelBinding {
  readonly name: string
  /** Index inside group 0. */
  readonly binding: number
  readonly access: 'read' | 'read_write'
  /** WGSL element type, `f32`, `u32`, `vec4f`, … */
  readonly element: string
}

export interface KernelField {
  readonly name: string
  readonly type: ScalarType
  /** Bytes from the start of the uniform block. */
  readonly offset: number
  /** How many of `type` lie there, one after another: 1 for a scalar, 4·N for an `array<vec4<T>, N>`. */
  readonly count: number
}

export interface Kernel {
  readonly name: string
  readonly code: string
  readonly entryPoint: string
  readonly bindings: readonly KernelBinding[]
  /** The `params` uniform of group 0, absent where a kernel takes no scalars. `size` in bytes, a multiple of 16. */
  readonly params: {
    readonly binding: number
    readonly size: number
    readonly fields: readonly KernelField[]
  } | null
  readonly overrides: readonly {
    readonly name: string
    readonly type: ScalarType
    readonly default: number | null
  }[]
  /** Each extent a number, or the name of the override that sets it. */
  readonly workgroupSize: readonly [number | string, number | string, number | string]
  /** Whether it reads the `step` uniform of group 1 (what changes from one training step to the next). */
  readonly usesStep: boolean
}

/** Names of a kernel's read-only bindings. */
export type InputName<K extends Kernel> = Extract<K['bindings'][number], { access: 'read' }>['name']
/** Names of a kernel's read-write bindings. */
export type OutputName<K extends Kernel> = Extract<K['bindings'][number], { access: 'read_write' }>['name']
