/**
 * The modules that kernels are written to. A module of `kernels` has their signatures; their code is in a module of `wgsl`, loaded
 * when it is used, together with kernels that are launched beside it. `kernels.gen.ts` lists all signatures. Declarations that many kernels share
 * (activations, the cell of an LSTM) are written once, in `shared.gen.ts`, and a bundler drops unused ones. The order of
 * declarations means nothing in WGSL, so that a kernel's code may be the concatenation of its text and shared ones.
 *
 * Kernels that apply an activation, as an override whose name ends in ACTIVATION says, are written without the functions that only
 * some activations need: src/ops/activationCode.ts has those of the common ones, or of all. The kernel that evaluates an expression
 * is written without the function that does so, which src/ops/pointwiseCode.ts writes.
 */
import { type F16Form, type F16Twin, FORMS } from './f16Twins.ts'
import { packSignature } from './pack.ts'
import type { ReflectedKernel } from './reflect.ts'

/** Kernels that nearly every training step launches: their code is not loaded but part of their signatures' module. */
const AT_HAND: ReadonlySet<string> = new Set(['accumulate', 'adam', 'elementwiseLoss', 'gather'])
/** Modules by the kernels that share them: those of a few lines, and those that are launched in one step. */
const TOGETHER: Readonly<Record<string, string>> = {
  small:
    'activation activationGradient accuracy addAll addLastTimestep affine assign binary concat copyColumns dropout emit ' +
    'joinStates repeat reverse sgd softmax softmaxGradient split sum',
  adafactor: 'adafactor adafactorRows adafactorSquares',
  lamb: 'lamb lambMoments',
  masks: 'maskWeights maskedOutput',
  muon: 'muonMoments muonScale muonStep',
  updates: 'adadelta adagrad adamax ftrl lion nadam rmsprop',
  averagedUpdates:
    'adadeltaAveraged adagradAveraged adamAveraged adamaxAveraged averageWeights ftrlAveraged lionAveraged nadamAveraged ' +
    'rmspropAveraged sgdAveraged',
  classes: 'categoricalCrossentropy softmaxWorkgroup softmaxGradientWorkgroup',
}
const MODULES: ReadonlyMap<string, string> = new Map(
  Object.entries(TOGETHER).flatMap(([module, kernels]) =>
    kernels.split(' ').map((kernel) => [kernel, module] as const),
  ),
)
/**
 * Declarations are shared if at least so many modules have them, and if together they are at least so many characters long. The
 * modules of one strategy count once, because most pages have one cell.
 */
const MANY = 6
const LONG = 100

export const HEAD = '// Written by shaders/build.ts from shaders/*.wgsl: edit those.\n'

/** Declarations that belong to the same kernels, and are therefore shared as one text. */
interface Shared {
  /** The name of the first declaration. */
  readonly name: string
  readonly declarations: readonly string[]
}

/** The functions that pipelines are given by their overrides, with all that they need. */
export interface Functions {
  /** What applies the activations of nearly every model. */
  readonly common: string
  /** What applies all activations. */
  readonly all: string
  /** The functions of expressions. */
  readonly pointwise: string
}

/** The names in `Functions` that are called by code that is written for a pipeline. */
export const calledNames = ({ pointwise }: Functions): string[] => [
  'evaluate',
  ...[...pointwise.matchAll(/fn (pointwise\w+)/g)].map(([, name = '']) => name),
]

/** Texts of the modules by their path inside src/ops; twins for mixed precision have separate modules. */
export function modulesOf(
  whole: readonly ReflectedKernel[],
  wholeTwins: readonly F16Twin[] = [],
  functions: Functions = { common: '', all: '', pointwise: '' },
): Map<string, string> {
  const common = declarationsOf(functions.common)
  const all = declarationsOf(functions.all)
  const helpers = common.filter((text) => all.includes(text))
  const separate = new Set(all.filter((text) => !helpers.includes(text)))
  const activating = new Set(whole.filter(activates).map(({ name }) => name))
  const withoutActivations = (name: string, code: string): string => {
    const declarations = declarationsOf(code)
    if (!activating.has(name)) return code
    const missing = helpers.find((text) => !declarations.includes(text))
    if (missing)
      throw new Error(`${name} has an activation, but not ${nameOf(missing)} of lib/activation.wgsl`)
    return declarations.filter((text) => !separate.has(text)).join('')
  }
  const kernels = whole.map((kernel) => ({
    ...kernel,
    code: evaluates(kernel)
      ? withoutFunction('evaluate', kernel.code)
      : withoutActivations(kernel.name, kernel.code),
  }))
  const twins = wholeTwins.map((twin) => ({ ...twin, code: withoutActivations(twin.kernel, twin.code) }))
  const modules = new Map([
    ...signatureModules(kernels),
    ['f16Kernels.gen.ts', f16Loaders(twins)],
    ['wgsl/pointwiseFunctions.gen.ts', constant('functions', JSON.stringify(functions.pointwise))],
    ['wgsl/activations.gen.ts', constant('all', JSON.stringify([...separate].join('')))],
    [
      'wgsl/commonActivations.gen.ts',
      constant('common', JSON.stringify(common.filter((text) => !helpers.includes(text)).join(''))),
    ],
  ])
  const loaded = kernels.filter(({ name }) => !AT_HAND.has(name))
  const shared = findShared(loaded)
  const texts = [...new Set(shared.values())].map(({ name, declarations }) =>
    constant(name, JSON.stringify(declarations.join(''))),
  )
  modules.set(SHARED_PATH, HEAD + texts.join(''))
  const add = (path: string, name: string, code: string): void => {
    const { text: separate, others } = cut(code, shared)
    const value = [JSON.stringify(separate), ...others.map((other) => `shared.${other}`)].join(' + ')
    modules.set(path, (modules.get(path) ?? '') + constant(name, value))
  }
  for (const { name, code } of loaded) add(pathOf(name), name, code)
  for (const { kernel, form, code } of twins) add(f16PathOf(kernel, form), kernel, code)
  for (const [path, text] of modules) {
    if (/\bshared\./.test(text)) modules.set(path, HEAD + IMPORT + text)
    else if (!text.startsWith(HEAD)) modules.set(path, HEAD + text)
  }
  return modules
}

/** Whether a kernel applies an activation that a launch chooses. */
const activates = ({ overrides }: ReflectedKernel): boolean =>
  overrides.some(({ name }) => name.endsWith('ACTIVATION'))

/** Whether a kernel evaluates the expression that its overrides are. */
const evaluates = ({ overrides }: ReflectedKernel): boolean =>
  overrides.some(({ name }) => name === 'INSTRUCTIONS')

const SHARED_PATH = 'wgsl/shared.gen.ts'
const IMPORT = "import * as shared from './shared.gen.ts'\n"
/**
 * A kernel shares a module with kernels that are launched beside it: a strategy's gradient, and products of few rows. The backward pass
 * of `streamed` is that of `columns`, too, with which it is launched more often. What is launched without the others is a separate
 * module: the second launch of a long sum. Kernels of a few lines that many layers need share one module, because a request for each
 * would cost more.
 */
function pathOf(kernel: string): string {
  const together = MODULES.get(kernel)
  if (together) return `wgsl/${together}.gen.ts`
  const family = kernel
    .replace(/^recurrentKernelGradient/, 'matmul')
    .replace(/StreamedGradient$/, 'Columns')
    .replace(/(Gradient|Reduced)$/, '')
  return `wgsl/${family}.gen.ts`
}

const f16PathOf = (kernel: string, form: F16Form): string =>
  pathOf(kernel).replace('.gen.ts', `${form}.gen.ts`)

// Typed as string, so that declaration files do not repeat the code as a literal type.
const constant = (name: string, value: string): string => `\nexport const ${name}: string = ${value}\n`

/**
 * The modules of signatures, one or more beside each module of code, and one that has all of them. A bundler keeps what a module needs with
 * that module: signatures of kernels that only code needs which is loaded later are loaded with it.
 */
function signatureModules(kernels: readonly ReflectedKernel[]): Map<string, string> {
  const groups = new Map<string, ReflectedKernel[]>()
  for (const kernel of kernels) {
    const path = signaturePathOf(kernel.name)
    groups.set(path, [...(groups.get(path) ?? []), kernel])
  }
  const names = [...groups].map(
    ([path, group]) => `export { ${group.map(({ name }) => name).join(', ')} } from './${path}'\n`,
  )
  const modules = new Map([['kernels.gen.ts', HEAD + names.join('')]])
  for (const [path, group] of groups) modules.set(path, signatures(group))
  return modules
}

/** Of kernels whose code lies together many are used by few pages each, so that these have a module of signatures by themselves. */
function signaturePathOf(kernel: string): string {
  if (AT_HAND.has(kernel)) return 'kernels/atHand.gen.ts'
  return MODULES.has(kernel) ? `kernels/${kernel}.gen.ts` : pathOf(kernel).replace('wgsl/', 'kernels/')
}

function signatures(kernels: readonly ReflectedKernel[]): string {
  const imports = new Set(["import { unpackKernel } from '../../graph/kernel.ts'\n"])
  const lines = kernels.map((kernel) => {
    const { code, name, bindings, params, overrides, extensions, step } = kernel
    const signature = { name, bindings, params, overrides, extensions, step }
    // A plain string, so that declaration files do not repeat the code as a literal type.
    const value = AT_HAND.has(name) ? `${JSON.stringify(code)} as string` : 'load'
    const rest = activates(kernel) ? 'activationCode' : evaluates(kernel) ? 'pointwiseCode' : null
    if (rest) imports.add(`import { ${rest} } from '../${rest}.ts'\n`)
    // The signature is given twice: as a type, which is erased, and packed as text.
    const call = `unpackKernel<${JSON.stringify(signature)}>("${name}", "${packSignature(signature)}", ${value}${rest ? `, ${rest}` : ''})`
    return `export const ${name} = /* @__PURE__ */ ${call}\n`
  })
  const [{ name }] = kernels as readonly [ReflectedKernel]
  const loader = AT_HAND.has(name) ? [] : [`const load = () => import('../${pathOf(name)}')\n`]
  return [HEAD, [...imports].sort().join(''), ...loader, ...lines].join('\n')
}

/** The text of a module that has, for each kernel and form, the function that loads the twin's module. */
function f16Loaders(twins: readonly F16Twin[]): string {
  const paths = new Set(twins.map(({ kernel, form }) => f16PathOf(kernel, form)))
  const loaders = [...paths].map((path) => `const ${loaderOf(path)} = () => import('./${path}')\n`)
  const lines = [...new Set(twins.map(({ kernel }) => kernel))].map((kernel) => {
    const fields = FORMS.map((form) => `${form}: ${loaderOf(f16PathOf(kernel, form))}`)
    return `  ${kernel}: { ${fields.join(', ')} },\n`
  })
  return [
    HEAD,
    ...loaders,
    `\nexport const f16Kernels: Readonly<Record<string, Readonly<Record<'PackedF16' | 'F16', () => Promise<Readonly<Record<string, string>>>>>>> = {\n`,
    ...lines,
    '}\n',
  ].join('')
}

/** The name of the function that loads a module; all kernels of the module share it. */
const loaderOf = (path: string): string => path.replace(/^wgsl\/(\w+)\.gen\.ts$/, 'load_$1')

/** The shared group of each declaration that many kernels have, by the declaration's text. */
function findShared(kernels: readonly ReflectedKernel[]): Map<string, Shared> {
  const users = new Map<string, ReflectedKernel[]>()
  for (const kernel of kernels) {
    for (const text of declarationsOf(kernel.code)) users.set(text, [...(users.get(text) ?? []), kernel])
  }
  const groups = new Map<string, string[]>()
  for (const [text, all] of users) {
    if (new Set(all.map(({ name, strategy = name }) => pathOf(strategy))).size < MANY) continue
    const key = all.map(({ name }) => name).join()
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

/** The name, with a number at its end if it is taken. */
function free(name: string, taken: Set<string>): string {
  let found = name
  for (let i = 2; taken.has(found); i++) found = `${name}_${i}`
  taken.add(found)
  return found
}

/** The declarations that only this kernel has, as one text, and the names of the shared groups that it uses. */
function cut(code: string, shared: ReadonlyMap<string, Shared>): { text: string; others: readonly string[] } {
  const declarations = declarationsOf(code)
  // A twin's declarations may differ from its kernel's, so that only a part of a group is among them.
  const groupOf = (text: string): Shared | undefined => {
    const group = shared.get(text)
    return group?.declarations.every((other) => declarations.includes(other)) ? group : undefined
  }
  const others = declarations.flatMap((text) => groupOf(text)?.name ?? [])
  return { text: declarations.filter((text) => !groupOf(text)).join(''), others: [...new Set(others)] }
}

/** The code without one of its functions. */
export const withoutFunction = (name: string, code: string): string =>
  declarationsOf(code)
    .filter((text) => !text.includes(`fn ${name}(`))
    .join('')

/** The code's declarations, in order. */
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
