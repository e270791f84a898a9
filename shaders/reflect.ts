/**
 * Reads the signature of one linked kernel, and refuses what the runtime cannot run. A kernel has
 *  - one @compute function, named as its file, whose workgroup extents are numbers, constants or overrides;
 *  - in group 0 storage buffers, `var<uniform> params: Params` where it takes scalars, and the shared `range`, from which
 *    lib/index.wgsl computes the index of a workgroup;
 *  - in group 1 nothing, or at binding 0 the shared `step` (lib/step.wgsl), whose fields it reads by their names;
 *  - overrides of type f32, u32 or i32, each with a number as its default and no attribute;
 *  - extensions f16 and subgroups, and no other directive.
 * What the signature says is lifted out of the code: a pipeline's module begins with extensions, overrides as constants, and the
 * declarations of buffers and uniforms, which src/backends/webgpu/moduleHead.ts writes from the signature.
 */
import {
  type ArrayInfo,
  type Const,
  type Expression,
  type LiteralExpr,
  type MemberInfo,
  type Override,
  ResourceType,
  type TypeInfo,
  type VariableInfo,
  WgslParser,
  WgslReflect,
} from 'wgsl_reflect/wgsl_reflect.module.js'
import {
  type Kernel,
  type KernelBinding,
  type KernelExtension,
  type KernelField,
  type KernelOverride,
  RANGE_BINDING,
  RANGE_MEMBERS,
  type ScalarType,
  STEP_BYTES,
} from '../src/graph/kernel.ts'
import { readOperands } from './f16Twins.ts'

export type ReflectedKernel = Kernel & {
  readonly code: string
  /** Names of its operands: bindings that mixed precision reads as f16 (f16Twins.ts). */
  readonly operands: readonly string[]
  /** The strategy of a recurrence that it is, for one of the cells. */
  readonly strategy?: string
}

/** The kernel `name` described by linked WGSL `code`. Throws an Error that says what breaks which convention. */
export function reflectKernel(name: string, linked: string): ReflectedKernel {
  const { code, operands } = readOperands(linked)
  const { extensions, declarations } = withoutDirectives(code)
  const ast = new WgslParser().parse(signatureOf(declarations))
  const info = new WgslReflect()
  info.updateAST(ast)

  const { vertex, fragment, compute } = info.entry
  const [entry] = compute
  const found = [...vertex, ...fragment, ...compute].map((f) => f.name)
  if (found.length !== 1 || entry?.name !== name)
    fail(`expected one @compute function named ${name}, got ${found.join(', ') || 'none'}`)

  const overrides = ast
    .filter((node) => node.astNodeType === 'override')
    .map((node) => overrideOf(node as Override))
    // Sorted by name, because the order of declarations means nothing.
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  checkWorkgroupExtents(
    entry?.attributes?.find((attribute) => attribute.name === 'workgroup_size')?.value,
    overrides,
    ast.filter((node) => node.astNodeType === 'const').map((node) => node as Const),
  )

  const resources = [...info.uniforms, ...info.storage, ...info.textures, ...info.samplers]
  for (const [i, { name: twin, group, binding }] of resources.entries()) {
    const first = resources.slice(0, i).find((other) => other.group === group && other.binding === binding)
    if (first) fail(`${first.name} and ${twin} share @group(${group}) @binding(${binding})`)
  }
  const bindings: KernelBinding[] = []
  let params: Kernel['params'] = null
  let step: readonly KernelField[] = []
  let knowsRange = false
  for (const resource of resources) {
    if (isUniform(resource, 0, 'params')) params = paramsOf(resource)
    else if (isUniform(resource, 0, 'range') && resource.binding === RANGE_BINDING)
      knowsRange = isRange(resource)
    else if (isUniform(resource, 1, 'step') && resource.binding === 0) step = stepOf(resource, declarations)
    else bindings.push(bindingOf(resource))
  }
  checkIndex(code, knowsRange)
  bindings.sort((a, b) => a.binding - b.binding)
  const body = declarations
    .replace(/\boverride\s[^;]*;\s*/g, '')
    .replace(/(?:@(?:group|binding)\(\d+\)\s*){2}var<[^;]*;\s*/g, '')
    .replace(/\bstruct\s+(?:Params|Range|Step)\s*\{[^}]*\}\s*/g, '')
  return { name, code: body, entryPoint: name, bindings, params, overrides, extensions, step, operands }
}

/**
 * Checks that a kernel computes its index by lib/index.wgsl: WGSL's built-in values alone would be wrong where an operation takes
 * several launches. Only kernels of one workgroup need no index.
 */
function checkIndex(code: string, knowsRange: boolean): void {
  const start = code.indexOf('@compute')
  const entry = code.slice(start, endOfBody(code, start))
  for (const [, builtin, name] of entry.matchAll(/@builtin\((\w+)\)\s*(\w+)/g)) {
    const isLocal = builtin !== 'workgroup_id' && builtin !== 'global_invocation_id'
    const isHandedOn = isLocal || (knowsRange && !new RegExp(`\\b${name}\\.`).test(entry))
    if (builtin === 'num_workgroups' || !isHandedOn)
      fail(`expected the index from workgroupIndex, elementIndex or tileIndex, got it from ${builtin}`)
  }
}

function isUniform(resource: VariableInfo, group: number, name: string): boolean {
  const isUniformBuffer = resource.resourceType === ResourceType.Uniform
  return isUniformBuffer && resource.group === group && resource.name === name
}

function isRange({ members }: VariableInfo): true {
  const found = (members ?? []).map(({ name, type }) => `${name}:${typeName(type)}`).join()
  return found === RANGE_MEMBERS || fail(`range: expected ${RANGE_MEMBERS}, got ${found}`)
}

function bindingOf({ name, group, binding, resourceType, access, type }: VariableInfo): KernelBinding {
  const where = `@group(${group}) @binding(${binding}) ${name}`
  if (group !== 0 || resourceType !== ResourceType.Storage)
    fail(
      `${where}: expected a storage buffer or var<uniform> params in group 0, or var<uniform> step at binding 0 of group 1`,
    )
  if (access !== 'read' && access !== 'read_write')
    return fail(`${where}: expected access read or read_write, got ${access}`)
  const array = type.isArray ? (type as ArrayInfo) : null
  if (!array || array.count > 0)
    return fail(`${where}: expected array<T> of any length, got ${typeName(type)}`)
  return { name, binding, access, element: typeName(array.format) }
}

function paramsOf({ binding, type, members }: VariableInfo): Kernel['params'] {
  if (type.name !== 'Params' || !members)
    return fail(`params: expected a struct Params, got ${typeName(type)}`)
  return { binding, size: Math.ceil(type.size / 16) * 16, fields: members.map(fieldOf) }
}

/** The scalars of a training step that the code reads, at their offsets in the struct that all kernels share. */
function stepOf({ type, members }: VariableInfo, code: string): readonly KernelField[] {
  if (type.name !== 'Step' || !members || type.size > STEP_BYTES)
    return fail(`step: expected a struct Step of at most ${STEP_BYTES} bytes, got ${typeName(type)}`)
  const read = new Set([...code.matchAll(/\bstep\.(\w+)/g)].map(([, name]) => name))
  return members.map(fieldOf).filter(({ name, count }) => {
    if (count !== 1) fail(`step.${name}: expected a scalar`)
    return read.has(name)
  })
}

/** f32, u32, i32, a vec4 of them, or a fixed array of such vec4s (WGSL packs no other array tightly in a uniform). */
function fieldOf({ name, type, offset }: MemberInfo): KernelField {
  const isArray = type.isArray
  const element = typeName(isArray ? (type as ArrayInfo).format : type)
  const scalar = { f: 'f32', u: 'u32', i: 'i32' }[/^vec4([fui])$/.exec(element)?.[1] ?? ''] ?? element
  if (!isScalar(scalar) || (isArray && scalar === element))
    return fail(`params.${name}: expected f32, u32, i32, vec4 or array<vec4, N>, got ${typeName(type)}`)
  const lanes = scalar === element ? 1 : 4
  const length = isArray ? (type as ArrayInfo).count : 1
  if (isArray && length === 1) fail(`params.${name}: expected vec4 in the place of an array of one`)
  return { name, type: scalar, offset, count: lanes * length }
}

function withoutDirectives(code: string): {
  extensions: readonly KernelExtension[]
  declarations: string
} {
  const extensions: KernelExtension[] = []
  const directive = /^(enable|requires|diagnostic)\b([^;{}]*);\s*/gm
  const declarations = code.replace(directive, (text, word: string, words: string) => {
    const names = words.split(',').map((word) => word.trim())
    if (word !== 'enable' || !names.every(isExtension))
      return fail(`${text.trim()}: expected no directive but enable f16 or subgroups`)
    extensions.push(...names)
    return ''
  })
  return { extensions, declarations }
}

function overrideOf({ name, type, value, attributes }: Override): KernelOverride {
  if (attributes?.length) fail(`override ${name}: expected no attribute, got @${attributes[0]?.name}`)
  const scalar = type?.name ?? 'none'
  if (!isScalar(scalar)) return fail(`override ${name}: expected type f32, u32 or i32, got ${scalar}`)
  if (!isLiteral(value))
    return fail(`override ${name}: expected a number as its default, got ${value ? 'an expression' : 'none'}`)
  return { name, type: scalar, default: value.scalarValue }
}

function checkWorkgroupExtents(
  value: string | string[] | null | undefined,
  overrides: readonly KernelOverride[],
  constants: readonly Const[],
): void {
  for (const text of [value ?? []].flat()) {
    const constant = constants.find(({ name }) => name === text)?.value
    const number = isLiteral(constant) ? constant.scalarValue : Number.parseInt(text, 10)
    if (Number.isNaN(number) && !overrides.some((override) => override.name === text))
      fail(`@workgroup_size: expected numbers, constants that are numbers, or overrides, got ${text}`)
  }
}

/**
 * The declarations of linked code without helper functions and bodies of entry points: nothing inside functions is part of
 * a signature, and wgsl_reflect's parser refuses local names that WGSL allows (`block`, `workgroup`).
 */
function signatureOf(code: string): string {
  let signature = ''
  let end = 0
  for (const { 0: header, 1: attributes = '', 2: name, index } of code.matchAll(functionHeader)) {
    signature += code.slice(end, index)
    if (/@(compute|vertex|fragment)\b/.test(attributes)) signature += `${attributes} fn ${name}() {}`
    end = endOfBody(code, index + header.length)
  }
  return signature + code.slice(end)
}

const functionHeader = /((?:@\w+(?:\([^)]*\))?\s*)*)\bfn\s+(\w+)/g

export function endOfBody(code: string, from: number): number {
  let at = code.indexOf('{', from)
  for (let depth = 1; depth > 0; ) {
    at++
    if (code[at] === '{') depth++
    else if (code[at] === '}') depth--
    else if (at >= code.length) fail(`expected the end of a function, got the end of the file`)
  }
  return at + 1
}

function isLiteral(value: Expression | null | undefined): value is LiteralExpr {
  return value?.astNodeType === 'literalExpr'
}

function isExtension(name: string): name is KernelExtension {
  return name === 'f16' || name === 'subgroups'
}

function isScalar(type: string): type is ScalarType {
  return type === 'f32' || type === 'u32' || type === 'i32'
}

function typeName(type: TypeInfo): string {
  return type.getTypeName()
}

function fail(message: string): never {
  throw new Error(message)
}
