/**
 * The modules that kernels are written to. `kernels.gen.ts` has the signature of each; the code of one is a module in
 * `wgsl`, loaded when it is used, together with that of kernels for long sums beside it. What many kernels declare alike
 * (activations, the cell of an LSTM) stands once, in `shared.gen.ts`, of which a bundle keeps what its kernels need. The
 * order of declarations means nothing in WGSL, so that a kernel's code is its own text and then theirs.
 */
import { FORMS, type HalfForm, type HalfTwin } from './halves.ts'
import { packSignature } from './pack.ts'
import type { ReflectedKernel } from './reflect.ts'

/** Kernels of nearly every training step: their code is at hand. */
const AT_HAND: ReadonlySet<string> = new Set(['accumulate', 'adam', 'elementwiseLoss', 'gather'])
const SMALL: ReadonlySet<string> = new Set([
  ...['activation', 'activationGradient', 'accuracy', 'addLastStep', 'affine', 'assign', 'binary', 'concat'],
  ...['copyColumns', 'dropout', 'emit', 'repeat', 'reverse', 'sgd', 'softmax', 'softmaxGradient', 'sum'],
])
/** Modules that must have a declaration, and characters that those of the same kernels must have, for it to be worth sharing. */
const MANY = 6
const LONG = 100

export const HEAD = '// Written by shaders/build.ts from shaders/*.wgsl: edit those.\n'

/** Declarations that the same kernels have. */
interface Shared {
  /** That of its first declaration. */
  readonly name: string
  readonly declarations: readonly string[]
}

/** Texts of the modules by their path inside src/ops; twins for mixed precision lie in modules beside those of their kernels. */
export function modulesOf(
  kernels: readonly ReflectedKernel[],
  twins: readonly HalfTwin[] = [],
): Map<string, string> {
  const modules = new Map([
    ['kernels.gen.ts', signatures(kernels)],
    ['halfKernels.gen.ts', halfLoaders(twins)],
  ])
  const loaded = kernels.filter(({ name }) => !AT_HAND.has(name))
  const shared = findShared(loaded)
  const texts = [...new Set(shared.values())].map(({ name, declarations }) =>
    constant(name, JSON.stringify(declarations.join(''))),
  )
  modules.set(SHARED_PATH, HEAD + texts.join(''))
  const add = (path: string, name: string, code: string): void => {
    const { own, others } = cut(code, shared)
    const value = [JSON.stringify(own), ...others.map((other) => `shared.${other}`)].join(' + ')
    modules.set(path, (modules.get(path) ?? '') + constant(name, value))
  }
  for (const { name, code } of loaded) add(pathOf(name), name, code)
  for (const { kernel, form, code } of twins) add(halfPathOf(kernel, form), kernel, code)
  for (const [path, text] of modules) {
    if (/\bshared\./.test(text)) modules.set(path, HEAD + IMPORT + text)
    else if (!text.startsWith(HEAD)) modules.set(path, HEAD + text)
  }
  return modules
}

const SHARED_PATH = 'wgsl/shared.gen.ts'
const IMPORT = "import * as shared from './shared.gen.ts'\n"
/**
 * Kernels that are launched beside others and are like them lie with those: products, what adds long sums, the way back. So do
 * those of a few lines that many layers have: a request for each would cost more than they do.
 */
function pathOf(kernel: string): string {
  if (SMALL.has(kernel)) return 'wgsl/small.gen.ts'
  const family = kernel.replace(/^recurrentKernelGradient/, 'matmul').replace(/(Gradient|Reduced|Sum)$/, '')
  return `wgsl/${family}.gen.ts`
}

const halfPathOf = (kernel: string, form: HalfForm): string =>
  pathOf(kernel).replace('.gen.ts', `${form}.gen.ts`)

// a plain string, so that declarations do not repeat the code as a type
const constant = (name: string, value: string): string => `\nexport const ${name}: string = ${value}\n`

function signatures(kernels: readonly ReflectedKernel[]): string {
  const lines = kernels.map(({ code, entryPoint: _, operands: __, ...signature }) => {
    const { name } = signature
    // a plain string, so that declarations do not repeat the code as a type
    const value = AT_HAND.has(name) ? `${JSON.stringify(code)} as string` : loaderOf(pathOf(name))
    // the signature as a type, which costs users nothing, and packed
    const call = `unpackKernel<${JSON.stringify(signature)}>("${name}", "${packSignature(signature)}", ${value})`
    return `export const ${name} = /* @__PURE__ */ ${call}\n`
  })
  const paths = new Set(kernels.flatMap(({ name }) => (AT_HAND.has(name) ? [] : pathOf(name))))
  const loaders = [...paths].map((path) => `const ${loaderOf(path)} = () => import('./${path}')\n`)
  return [HEAD, "import { unpackKernel } from '../graph/kernel.ts'\n", ...loaders, ...lines].join('\n')
}

/** Which module has a kernel's twin, by the kernel's name and the form. */
function halfLoaders(twins: readonly HalfTwin[]): string {
  const paths = new Set(twins.map(({ kernel, form }) => halfPathOf(kernel, form)))
  const loaders = [...paths].map((path) => `const ${loaderOf(path)} = () => import('./${path}')\n`)
  const lines = [...new Set(twins.map(({ kernel }) => kernel))].map((kernel) => {
    const fields = FORMS.map((form) => `${form}: ${loaderOf(halfPathOf(kernel, form))}`)
    return `  ${kernel}: { ${fields.join(', ')} },\n`
  })
  return [
    HEAD,
    ...loaders,
    `\nexport const halfKernels: Readonly<Record<string, Readonly<Record<'Half' | 'F16', () => Promise<Readonly<Record<string, string>>>>>>> = {\n`,
    ...lines,
    '}\n',
  ].join('')
}

/** The function that loads a module, of which a bundle has one however many kernels lie there. */
const loaderOf = (path: string): string => path.replace(/^wgsl\/(\w+)\.gen\.ts$/, 'load_$1')

/** What many kernels have, by the text of each declaration. */
function findShared(kernels: readonly ReflectedKernel[]): Map<string, Shared> {
  const users = new Map<string, string[]>()
  for (const { name, code } of kernels) {
    for (const text of declarationsOf(code)) users.set(text, [...(users.get(text) ?? []), name])
  }
  const groups = new Map<string, string[]>()
  for (const [text, names] of users) {
    if (new Set(names.map(pathOf)).size < MANY) continue
    const key = names.join()
    groups.set(key, [...(groups.get(key) ?? []), text])
  }
  const taken = new Set<string>()
  const shared = new Map<string, Shared>()
  for (const texts of groups.values()) {
    const text = texts.join('')
    if (text.length < LONG) continue
    const group: Shared = { name: free(nameOf(text), taken), declarations: texts }
    for (const declaration of texts) shared.set(declaration, group)
  }
  return shared
}

/** The name that a declaration declares. */
const nameOf = (text: string): string =>
  /\b(?:fn|struct|const|var(?:<[^>]*>)?)\s*(\w+)/.exec(text)?.[1] ?? 'declaration'

/** The name, with a number where it is taken. */
function free(name: string, taken: Set<string>): string {
  let found = name
  for (let i = 2; taken.has(found); i++) found = `${name}_${i}`
  taken.add(found)
  return found
}

/** A kernel's own text, and the names of what it shares. */
function cut(code: string, shared: ReadonlyMap<string, Shared>): { own: string; others: readonly string[] } {
  const declarations = declarationsOf(code)
  // A twin for mixed precision may have only some of them as its kernel has.
  const groupOf = (text: string): Shared | undefined => {
    const group = shared.get(text)
    return group?.declarations.every((other) => declarations.includes(other)) ? group : undefined
  }
  const others = declarations.flatMap((text) => groupOf(text)?.name ?? [])
  return { own: declarations.filter((text) => !groupOf(text)).join(''), others: [...new Set(others)] }
}

/** The code cut behind each of its declarations. */
function declarationsOf(code: string): string[] {
  const declarations: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < code.length; at++) {
    if (code[at] === '{') depth++
    else if (code[at] === '}') depth--
    if (depth > 0 || !/[;}]/.test(code[at] ?? '')) continue
    declarations.push(code.slice(start, at + 1))
    start = at + 1
  }
  return [...declarations, code.slice(start)].filter((text) => text !== '')
}
