/**
 * What the build step (`shaders/build.ts`) knows of a WGSL kernel after linking and reflecting it.
 * The WGSL signature is the operation's signature: read-only storage bindings are inputs, read-write ones outputs,
 * the fields of `params` scalars, `override`s the tuning. `kernels.gen.ts` holds one per shader, packed to a line of text
 * whose type has every name, so that a misspelled tensor or parameter fails `tsc`.
 */
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
  /** How many of `type` lie there, one after another: 1 for a scalar, 4·N for an `array<vec4<T>, N>`. */
  readonly count: number
}

/** A constant of a kernel that a launch chooses, `override` in WGSL: each set of them makes a pipeline of its own. */
export interface KernelOverride {
  readonly name: string
  readonly type: ScalarType
  /** Its value where a launch gives none. */
  readonly default: number
}

/** What a kernel is called by. */
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
  /** Extensions of WGSL that it enables. */
  readonly extensions: readonly KernelExtension[]
  /**
   * Those fields that it reads of the uniform of group 1, `step`: what changes from one step to the next. Its struct,
   * shaders/lib/step.wgsl, is the same for all kernels of a plan.
   */
  readonly step: readonly KernelField[]
}

/** Bytes of the uniform `step`, of which there is one for each step: uniform offsets are multiples of 256 by default. */
export const STEP_BYTES = 256

/** Where in group 0 a kernel is told which workgroups a launch has: `range` of shaders/lib/index.wgsl, three u32. */
export const RANGE_BINDING = 15

export interface Kernel extends KernelSignature {
  /**
   * Its WGSL without extensions and overrides, which whoever makes a pipeline puts before it; that of most is loaded when it
   * is used, in a module that has it by the entry point's name.
   */
  readonly code: string | (() => Promise<Readonly<Record<string, string>>>)
  readonly entryPoint: string
}

export const codeOf = async ({ code, entryPoint }: Kernel): Promise<string> =>
  typeof code === 'string' ? code : ((await code())[entryPoint] ?? '')

/**
 * A kernel from its packed signature, `x +y =params|size rate:f32|THREADS=64|subgroups|iteration@4`:
 * bindings, read-only or `+` read-write, and `=` the uniform; fields of the uniform; overrides; extensions; and what it
 * reads of the step. A name may be followed by `:type` (of bindings f32 where it is left out, of others u32), `@place` (the next
 * binding, the next byte), `*count` (1) and `=default` (0).
 */
export function unpackKernel<S extends KernelSignature>(
  name: S['name'],
  packed: string,
  code: Kernel['code'],
): S & Kernel {
  const [group = '', uniform = '', overrides = '', extensions = '', step = ''] = packed.split('|')
  const bindings: KernelBinding[] = []
  let params: Kernel['params'] = null
  let binding = 0
  for (const item of itemsOf(group)) {
    binding = item.place ?? binding
    if (item.mark === '=') params = paramsOf(binding, uniform)
    else {
      const access = item.mark === '+' ? 'read_write' : 'read'
      bindings.push({ name: item.name, binding, access, element: item.type ?? 'f32' })
    }
    binding++
  }
  const kernel: Kernel = {
    name,
    code,
    entryPoint: name,
    bindings,
    params,
    overrides: itemsOf(overrides).map((item) => ({
      name: item.name,
      type: (item.type ?? 'u32') as ScalarType,
      default: item.default,
    })),
    extensions: wordsOf(extensions) as KernelExtension[],
    step: fieldsOf(step),
  }
  // shaders/build.ts writes the type and the text of one signature.
  return kernel as S & Kernel
}

const wordsOf = (text: string): string[] => text.split(' ').filter(Boolean)

const itemsOf = (text: string) =>
  wordsOf(text).map((word) => {
    const [, mark, name = '', type, place, count = 1, value = 0] =
      /^([+=]?)(\w+)(?::([^@*=]+))?(?:@(\d+))?(?:\*(\d+))?(?:=(\S+))?$/.exec(word) ?? []
    return {
      mark,
      name,
      type,
      place: place === undefined ? null : Number(place),
      count: Number(count),
      default: Number(value),
    }
  })

function paramsOf(binding: number, text: string): Kernel['params'] {
  const fields = fieldsOf(text)
  const end = Math.max(0, ...fields.map(({ offset, count }) => offset + 4 * count))
  return { binding, size: Math.ceil(end / 16) * 16, fields }
}

function fieldsOf(text: string): KernelField[] {
  let end = 0
  return itemsOf(text).map(({ name, type = 'u32', place, count }) => {
    const offset = place ?? end
    end = offset + 4 * count
    return { name, type: type as ScalarType, offset, count }
  })
}

/** Writes the fields of a uniform, which starts at byte `start`; throws where a value is missing. */
export function writeFields(
  view: DataView,
  start: number,
  fields: readonly KernelField[],
  values: Readonly<Record<string, number | readonly number[]>>,
): void {
  for (const { name, type, offset } of fields) {
    const value = values[name]
    if (value === undefined) throw new TypeError(`no value for ${name}`)
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
/** What a kernel reads of the step, by name. */
export type KernelStep<K extends KernelSignature> = {
  readonly [F in K['step'][number] as F['name']]: number
}
