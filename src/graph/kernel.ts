/**
 * Kernels as the build (`shaders/build.ts`) describes them after linking and reflecting their WGSL. The WGSL signature is the
 * signature of the operation: read-only storage bindings are inputs, read-write bindings are outputs, the fields of `params`
 * are scalars, `override`s tune the kernel. `kernels.gen.ts` has a constant for each kernel, whose signature is packed to a
 * line of text and whose type has every name, so that a misspelled tensor or parameter fails `tsc`.
 */

import { impossible } from '../errors.ts'

export type ScalarType = 'f32' | 'u32' | 'i32'

export type KernelExtension = 'f16' | 'subgroups'

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
  /** Number of consecutive values of `type`: 1 for a scalar, 4 for a vec4, 4·N for an `array<vec4<T>, N>` of several. */
  readonly count: number
}

/** A constant of a kernel that a launch chooses, `override` in WGSL. Each combination of values is a separate pipeline. */
export interface KernelOverride {
  readonly name: string
  readonly type: ScalarType
  /** The value if a launch gives none. */
  readonly default: number
}

/** Name and parameters of a kernel. */
export interface KernelSignature {
  readonly name: string
  readonly bindings: readonly KernelBinding[]
  /** The `params` uniform of group 0, absent where a kernel takes no scalars. `size` in bytes, a multiple of 16. */
  readonly params: {
    readonly binding: number
    readonly size: number
    readonly fields: readonly KernelField[]
  } | null
  readonly overrides: readonly KernelOverride[]
  /** WGSL extensions that the kernel enables. */
  readonly extensions: readonly KernelExtension[]
  /**
   * The fields that the kernel reads of `step`, the uniform of group 1: scalars that change from one training step to the
   * next. The struct, shaders/lib/step.wgsl, is the same for all kernels of a plan.
   */
  readonly step: readonly KernelField[]
}

/** Bytes from the `step` uniform of one training step to that of the next: the default alignment of uniform offsets. */
export const STEP_BYTES = 256

/** The binding of group 0 that says which workgroups a launch has: `range` of shaders/lib/index.wgsl, three u32. */
export const RANGE_BINDING = 15
export const RANGE_MEMBERS = 'first:u32,row:u32,layer:u32'

export interface Kernel extends KernelSignature {
  /**
   * WGSL without what the signature says: moduleHead.ts adds extensions, overrides, buffers and uniforms when a pipeline is made.
   * Most kernels give a function that loads a module of WGSL texts by entry point.
   */
  readonly code: string | (() => Promise<Readonly<Record<string, string>>>)
  readonly entryPoint: string
  /** What the code lacks, for values of overrides. */
  readonly rest?: Rest | undefined
}

type Rest = (overrides: Readonly<Record<string, number>>) => Promise<string>

/** The whole code of a kernel but for its head. */
export async function codeOf(
  { code, entryPoint, rest }: Kernel,
  overrides: Readonly<Record<string, number>> = {},
): Promise<string> {
  const [text, added] = await Promise.all([code instanceof Function ? code() : code, rest?.(overrides)])
  return (typeof text === 'string' ? text : (text[entryPoint] ?? '')) + (added ?? '')
}

/**
 * A kernel of its packed signature, such as `x +y =params|size rate:f32|THREADS=64|subgroups|iteration@4`. Its five sections are
 * the bindings (read-only, `+` read-write, `=` the uniform), fields of the uniform, overrides, extensions, and fields of
 * `step`. A name may be followed by `:type` (by default f32 for bindings, else u32), `@at` (a binding's index or a field's
 * offset in bytes; by default the next one), `*count` (1) and `=default` (0).
 *
 * It is unpacked when it is first read: an import makes all kernels, of which a model launches a few.
 */
export function unpackKernel<S extends KernelSignature>(
  name: S['name'],
  packed: string,
  code: Kernel['code'],
  rest?: Rest,
): S & Kernel {
  let unpacked: Parameters | undefined
  const signature = (): Parameters => (unpacked ??= unpack(packed))
  const kernel: Kernel = {
    name,
    code,
    rest,
    entryPoint: name,
    get bindings() {
      return signature().bindings
    },
    get params() {
      return signature().params
    },
    get overrides() {
      return signature().overrides
    },
    get extensions() {
      return signature().extensions
    },
    get step() {
      return signature().step
    },
  }
  // shaders/build.ts writes the type S and the text from the same signature.
  return kernel as S & Kernel
}

type Parameters = Omit<KernelSignature, 'name'>

function unpack(packed: string): Parameters {
  const [group = '', uniform = '', overrides = '', extensions = '', step = ''] = packed.split('|')
  const bindings: KernelBinding[] = []
  let params: Kernel['params'] = null
  let binding = 0
  for (const item of itemsOf(group, 'f32')) {
    binding = item.at ?? binding
    if (item.mark === '=') params = paramsOf(binding, uniform)
    else {
      const access = item.mark === '+' ? 'read_write' : 'read'
      bindings.push({ name: item.name, binding, access, element: item.type })
    }
    binding++
  }
  return {
    bindings,
    params,
    overrides: itemsOf(overrides).map(({ name, type, default: value }) => ({
      name,
      type: type as ScalarType,
      default: value,
    })),
    extensions: wordsOf(extensions) as KernelExtension[],
    step: fieldsOf(step),
  }
}

const wordsOf = (text: string): string[] => text.split(' ').filter(Boolean)

const itemsOf = (text: string, fallback = 'u32') =>
  wordsOf(text).map((word) => {
    const [, mark, name = '', type = fallback, at, count = 1, value = 0] =
      /^([+=]?)(\w+)(?::([^@*=]+))?(?:@(\d+))?(?:\*(\d+))?(?:=(\S+))?$/.exec(word) ?? []
    return { mark, name, type, at: at ? Number(at) : undefined, count: Number(count), default: Number(value) }
  })

function paramsOf(binding: number, text: string): Kernel['params'] {
  const fields = fieldsOf(text)
  const end = Math.max(0, ...fields.map(({ offset, count }) => offset + 4 * count))
  return { binding, size: Math.ceil(end / 16) * 16, fields }
}

function fieldsOf(text: string): KernelField[] {
  let end = 0
  return itemsOf(text).map(({ name, type, at, count }) => {
    const offset = at ?? end
    end = offset + 4 * count
    return { name, type: type as ScalarType, offset, count }
  })
}

/** Writes the fields of a uniform that starts at byte `start`; throws where a value is missing. */
export function writeFields(
  view: DataView,
  start: number,
  fields: readonly KernelField[],
  values: Readonly<Record<string, number | readonly number[]>>,
): void {
  for (const { name, type, offset } of fields) {
    const value = values[name] ?? impossible(`no value for ${name}`)
    if (typeof value === 'number') writeScalar(view, start + offset, type, value)
    else for (const [i, number] of value.entries()) writeScalar(view, start + offset + 4 * i, type, number)
  }
}

function writeScalar(view: DataView, at: number, type: ScalarType, value: number): void {
  if (type === 'f32') view.setFloat32(at, value, true)
  else if (type === 'u32') view.setUint32(at, value, true)
  else view.setInt32(at, value, true)
}

/** Names of a kernel's read-only bindings. */
export type InputName<K extends KernelSignature> = Extract<K['bindings'][number], { access: 'read' }>['name']
/** Names of a kernel's read-write bindings. */
export type OutputName<K extends KernelSignature> = Extract<
  K['bindings'][number],
  { access: 'read_write' }
>['name']
/** The step scalars that a kernel reads. */
export type KernelStep<K extends KernelSignature> = {
  readonly [F in K['step'][number] as F['name']]: number
}
